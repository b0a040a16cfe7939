use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{
    CertData, Content, ContentType, DownloadByHolder, DownloadByIdentifier, FaceItems, FaceItemsQuery, HeadStatus,
    QueryByHolder, QueryByIdentifier, QueryByQrCode, Request, Response, Sealed, VendorAnswer, VendorRequest,
    Verification, VerifyData, VerifyFile,
};
use crate::verify::ResultCode;

/// What is read, is written, is read again.
fn round<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(text: &str) -> T {
    let read: T = serde_json::from_str(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    let written = serde_json::to_string(&read).unwrap();
    assert_eq!(serde_json::from_str::<T>(&written).unwrap(), read, "{written}");
    read
}

fn asked<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(data: &str) -> T {
    round::<Request<T>>(&format!(r#"{{"accessId": 7, "accessToken": "secret", "data": {data}, "more": []}}"#)).data
}

#[test]
fn each_question_goes_round_and_says_what_it_lacks() {
    let by_id: QueryByIdentifier = asked(r#"{"certIdentifier": "1.2.156.3005.2.1", "useCause": "申请"}"#);
    assert_eq!(by_id.check(), Ok(()));
    assert_eq!(QueryByIdentifier { use_cause: String::new(), ..by_id.clone() }.check(), Err(HeadStatus::MissingParameter));
    assert_eq!(QueryByIdentifier { use_cause: "长".repeat(201), ..by_id }.check(), Err(HeadStatus::Other));

    let by_holder: QueryByHolder = asked(
        r#"{"holderCode": "11010519491231002X", "holderTypeCode": 111, "certTypeCode": "11100000000013338W001", "certNo": 12, "useCause": "申请"}"#,
    );
    assert_eq!((by_holder.check(), by_holder.cert_no.as_deref()), (Ok(()), Some("12")));
    assert!(!format!("{by_holder:?}").contains("11010519491231002X"));
    assert_eq!(QueryByHolder::default().check(), Err(HeadStatus::MissingHolderCode));

    let by_code: QueryByQrCode = asked(r#"{"qrcode": "a$b$c", "useCause": "申请"}"#);
    assert_eq!(by_code.check(), Ok(()));
    let download: DownloadByIdentifier =
        asked(r#"{"certIdentifier": "1", "useCause": "申请", "expiryTime": 20250301000000}"#);
    assert_eq!(download.expiry_time.as_deref(), Some("20250301000000"));
    assert_eq!(download.query.check(), Ok(()));
    let download: DownloadByHolder =
        asked(r#"{"holderCode": "1", "holderTypeCode": "414", "certTypeCode": "1", "useCause": "申请", "expiryTime": null}"#);
    assert_eq!((download.query.check(), download.expiry_time), (Ok(()), None));

    let data: VerifyData = asked(
        r#"{"certTypeCode": "1", "certData": {"certNo": 5, "holder": "示例", "holderCode": "11010519491231002X", "x": [1]}, "useCause": "申请"}"#,
    );
    assert_eq!((data.check(), data.cert_data.0["x"].as_str()), (Ok(()), "[1]"));
    assert!(!format!("{data:?}").contains("11010519491231002X"));
    for (name, status) in
        [("certNo", HeadStatus::MissingNumber), ("holderCode", HeadStatus::MissingHolderCode), ("holder", HeadStatus::MissingHolder)]
    {
        let mut lacking = data.clone();
        lacking.cert_data.0.remove(name);
        assert_eq!(lacking.check(), Err(status));
    }
    let file: VerifyFile = asked(r#"{"certTypeCode": "1", "contentType": "BASE64", "content": "AAAA", "useCause": "申请"}"#);
    assert_eq!(file.check(), Ok(()));
    assert_eq!(VerifyFile { content_type: "http".into(), ..file.clone() }.check(), Err(HeadStatus::NotBase64));
    assert_eq!(VerifyFile { content: String::new(), ..file }.check(), Err(HeadStatus::MissingParameter));
    asked::<FaceItemsQuery>(r#"{"certTypeCode": "1"}"#);
    // Data that two systems encrypt between themselves.
    assert_eq!(asked::<Sealed>("\"cipher\""), Sealed("cipher".into()));
}

#[test]
fn each_answer_goes_round() {
    fn answered<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(data: &str) -> T {
        let head = r#"{"status": "0", "message": null}"#;
        let read = round::<Response<T>>(&format!(r#"{{"head": {head}, "data": {data}}}"#));
        assert_eq!(read.head.status, HeadStatus::Ok);
        read.data.unwrap()
    }
    let data: CertData = answered(r#"{"ZZMC": "示例证", "CZZTDM": "11010519491231002X", "n": 1.5}"#);
    assert_eq!(data.0["n"], "1.5");
    assert!(!format!("{data:?}").contains("11010519491231002X"));
    let content: Content = answered(r#"{"certIdentifier": "1", "contentType": "http", "content": "https://example.org/1"}"#);
    assert_eq!(content.content_type, ContentType::Http);
    let content: Content = answered(r#"{"contentType": "base64", "content": "AAAA"}"#);
    assert!(!format!("{content:?}").contains("AAAA"));
    for number in 0..=7 {
        let told: Verification = answered(&format!(r#"{{"result": "{number}", "message": "x"}}"#));
        assert_eq!(told.result.number(), number);
    }
    assert!(serde_json::from_str::<Verification>(r#"{"result": 8}"#).is_err());
    assert_eq!(Verification::from(ResultCode::Wrong).message.as_deref(), Some("部分错误或不完整"));
    answered::<FaceItems>(r#"{"name": "姓名"}"#);
    let refused = Response::<CertData>::refused(HeadStatus::NoPermission);
    let text = serde_json::to_string(&refused).unwrap();
    assert_eq!(text, r#"{"head":{"status":100,"message":"没有该证照类型的权限"}}"#);
    assert_eq!(round::<Response<CertData>>(&text), refused);
}

#[test]
fn the_other_envelope_goes_round() {
    let request: VendorRequest = round(r#"{"head": {"v": 1}, "data": {"zzbs": "1.2", "dzzzsymd": "贷款", "jzjzzz": "示例银行", "jzjyxqjzsj": 20251231235959}}"#);
    assert_eq!(request.data.check(), Ok(()));
    assert_eq!(request.data.jzjyxqjzsj.as_deref(), Some("20251231235959"));
    let bare: VendorRequest = round(r#"{"data": {"zzbs": ""}}"#);
    assert_eq!(bare.data.check(), Err(HeadStatus::MissingParameter));
    let answer: VendorAnswer = round(r#"{"contentType": "base64", "zzbs": "1.2", "content": "UERG", "zzzmxx": "PHI+PC9yPg=="}"#);
    assert!(!format!("{answer:?}").contains("UERG"));
    let elements = crate::licence::Elements::from_xml(answer.zzzmxx.unwrap().as_bytes()).unwrap();
    assert!(elements.unknown().is_empty());
}

#[test]
fn statuses_have_their_numbers_and_secrets_do_not_print() {
    let numbers: Vec<_> = HeadStatus::ALL.iter().map(|status| status.number()).collect();
    assert_eq!(numbers, [0, 2, 10, 11, 12, 99, 100, 102, 109, 110, 111]);
    for status in HeadStatus::ALL {
        assert_eq!(HeadStatus::from(status.number()), *status);
    }
    assert_eq!(round::<HeadStatus>("77"), HeadStatus::Unknown(77));
    assert!(serde_json::from_str::<HeadStatus>("\"x\"").is_err());
    let request = Request { access_id: "a".into(), access_token: "secret".into(), data: Sealed("c".into()) };
    assert!(!format!("{request:?}").contains("secret"));
}
