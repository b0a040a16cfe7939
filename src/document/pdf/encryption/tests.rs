//! The vectors were made with qpdf 11.3 from one small document; the last is a sample of pyHanko's
//! (MIT), so that two writers are met.

use proptest::prelude::*;

use super::{Class, EncryptDictionary, Method, Security};
use crate::error::{Error, ErrorKind};
use crate::limits::Limits;

const TITLE: &[u8] = b"A secret title";
const CONTENT: &[u8] = b"0.9 0 0.07 rg 20 20 60 60 re f % a sealed page\n";

struct Vector {
    name: &'static str,
    v: i64,
    r: i64,
    length: i64,
    o: &'static str,
    u: &'static str,
    oe: &'static str,
    ue: &'static str,
    perms: &'static str,
    p: i64,
    encrypt_metadata: bool,
    method: Method,
    user: &'static str,
    owner: &'static str,
    /// A string in object 2.
    title: &'static str,
    /// The stream of object 5.
    stream: &'static str,
}

impl Vector {
    fn named(name: &str) -> &'static Vector {
        VECTORS.iter().find(|vector| vector.name == name).unwrap()
    }

    fn dictionary(&self) -> EncryptDictionary {
        EncryptDictionary {
            filter: b"Standard".to_vec(),
            v: self.v,
            r: self.r,
            length: self.length,
            o: hex(self.o),
            u: hex(self.u),
            oe: hex(self.oe),
            ue: hex(self.ue),
            perms: hex(self.perms),
            p: self.p,
            encrypt_metadata: self.encrypt_metadata,
            stream_method: self.method,
            string_method: self.method,
        }
    }

    fn open(&self, password: &str) -> Result<Security, Error> {
        open(&self.dictionary(), password)
    }
}

fn open(dictionary: &EncryptDictionary, password: &str) -> Result<Security, Error> {
    let id = hex("00112233445566778899aabbccddeeff");
    Security::open(dictionary, &id, password, &Limits::default())
}

fn hex(text: &str) -> Vec<u8> {
    text.as_bytes().chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

/// The error of an attempt that must not succeed.
fn refusal<T: std::fmt::Debug>(result: Result<T, Error>, kind: ErrorKind, says: &str) {
    let error = result.unwrap_err();
    assert_eq!(error.kind(), kind, "{error}");
    assert!(error.to_string().contains(says), "{error}");
}

#[test]
fn both_passwords_open_every_revision() {
    for vector in VECTORS {
        for (password, owner) in [(vector.user, false), (vector.owner, true)] {
            let security = vector.open(password).unwrap_or_else(|error| panic!("{}: {error}", vector.name));
            assert_eq!(security.authenticated_as_owner(), owner, "{}", vector.name);
            assert!(security.permissions_confirmed(), "{}", vector.name);
            assert_eq!(i64::from(security.permissions().cast_signed()), vector.p, "{}", vector.name);
            assert_eq!(security.decrypt(Class::String, 2, 0, &hex(vector.title)).unwrap(), TITLE, "{}", vector.name);
            assert_eq!(security.decrypt(Class::Stream, 5, 0, &hex(vector.stream)).unwrap(), CONTENT, "{}", vector.name);
        }
    }
}

#[test]
fn a_wrong_password_opens_nothing() {
    for vector in VECTORS {
        refusal(vector.open("User"), ErrorKind::NotAllowed, "neither its user's nor its owner's");
        if !vector.user.is_empty() {
            refusal(vector.open(""), ErrorKind::NotAllowed, "does not open without a password");
        }
    }
}

#[test]
fn a_sample_of_another_writer() {
    let dictionary = EncryptDictionary {
        o: hex(concat!(
            "047761f7f568bfacb096382f2fc7cc94ffd87f33dc472ca4",
            "a3a3a78c739c77df26a794a7819aff59b3b85780c0fafe9f"
        )),
        u: hex(concat!(
            "446ea469061c56060b56fa0296bfd32cc54fa9175e92ef5c",
            "0b945f4c810e309a03af4a2ff103bbd4db065e036f78ac4c"
        )),
        oe: hex("65012afdd09b34431117b9fa5f557202940dece9758d53c61fc5ff436cf2515c"),
        ue: hex("71071c8c117abc19d26b5efc44a080667ef3c3665ad3bc8f5f5b58126a15d931"),
        perms: hex("b8729f735b0976d80f61d16bcfe09273"),
        ..Vector::named("r6").dictionary()
    };
    let producer = hex("9d04ff17bff04490b4805c06231315c596f7370b73a2dbcb1cad0d5a41f28413");
    for (password, owner) in [("usersecret", false), ("ownersecret", true)] {
        let security = open(&dictionary, password).unwrap();
        assert_eq!(security.authenticated_as_owner(), owner);
        assert!(security.permissions_confirmed());
        assert_eq!(security.decrypt(Class::String, 2, 0, &producer).unwrap(), b"pyhanko");
    }
    refusal(open(&dictionary, "user"), ErrorKind::NotAllowed, "neither");
}

#[test]
fn what_is_encrypted_decrypts_and_only_in_its_place() {
    for vector in VECTORS {
        let security = vector.open(vector.user).unwrap();
        for clear in [&b""[..], b"x", &[7; 16], &[9; 100]] {
            let hidden = security.encrypt(Class::String, 70_000, 3, clear).unwrap();
            assert_eq!(security.decrypt(Class::String, 70_000, 3, &hidden).unwrap(), clear, "{}", vector.name);
            if clear.len() == 100 && vector.v < 5 {
                for (number, generation) in [(70_001, 3), (70_000, 4)] {
                    let elsewhere = security.decrypt(Class::String, number, generation, &hidden).ok();
                    assert_ne!(elsewhere.as_deref(), Some(clear), "{}", vector.name);
                }
            }
        }
        let twice = [0, 1].map(|_| security.encrypt(Class::Stream, 1, 0, b"again").unwrap());
        assert_eq!(twice[0] == twice[1], vector.method == Method::Rc4, "{}", vector.name);
    }
}

#[test]
fn classes_have_their_own_methods() {
    let vector = Vector::named("r4_aes");
    let dictionary = EncryptDictionary { stream_method: Method::None, ..vector.dictionary() };
    let security = open(&dictionary, "user").unwrap();
    assert_eq!(security.decrypt(Class::Stream, 5, 0, b"as it is").unwrap(), b"as it is");
    assert_eq!(security.encrypt(Class::Stream, 5, 0, b"as it is").unwrap(), b"as it is");
    assert_eq!(security.decrypt(Class::String, 2, 0, &hex(vector.title)).unwrap(), TITLE);
    let dictionary = EncryptDictionary { string_method: Method::Rc4, ..vector.dictionary() };
    assert_ne!(open(&dictionary, "user").unwrap().decrypt(Class::String, 2, 0, &hex(vector.title)).unwrap(), TITLE);
}

#[test]
fn permissions_that_were_changed_allow_nothing() {
    for name in ["r5", "r6", "r6_clear"] {
        let vector = Vector::named(name);
        let unsigned = EncryptDictionary { p: vector.p + (1 << 32), ..vector.dictionary() };
        assert!(open(&unsigned, "user").unwrap().permissions_confirmed());
        let changed = [
            EncryptDictionary { p: vector.p ^ 8, ..vector.dictionary() },
            EncryptDictionary { encrypt_metadata: !vector.encrypt_metadata, ..vector.dictionary() },
            EncryptDictionary { perms: vec![0; 16], ..vector.dictionary() },
        ];
        for dictionary in changed {
            let security = open(&dictionary, "user").unwrap();
            assert!(!security.permissions_confirmed());
            assert_eq!(security.permissions(), 0);
        }
    }
    // Before, the key depends on them, so that the password no longer opens.
    let vector = Vector::named("r4_clear");
    refusal(
        open(&EncryptDictionary { p: vector.p ^ 8, ..vector.dictionary() }, "user"),
        ErrorKind::NotAllowed,
        "neither",
    );
    refusal(
        open(&EncryptDictionary { encrypt_metadata: true, ..vector.dictionary() }, "user"),
        ErrorKind::NotAllowed,
        "neither",
    );
}

#[test]
fn dictionaries_that_cannot_be() {
    let good = || Vector::named("r6").dictionary();
    let old = || Vector::named("r3").dictionary();
    let malformed = [
        (EncryptDictionary { o: vec![0; 47], ..good() }, "/O has 47 bytes where 48"),
        (EncryptDictionary { u: vec![], ..good() }, "/U has 0 bytes"),
        (EncryptDictionary { oe: vec![0; 31], ..good() }, "/OE has 31"),
        (EncryptDictionary { ue: vec![0; 31], ..good() }, "/UE has 31"),
        (EncryptDictionary { perms: vec![0; 15], ..good() }, "/Perms has 15"),
        (EncryptDictionary { string_method: Method::Rc4, ..good() }, "Rc4 does not go with /V 5"),
        (EncryptDictionary { stream_method: Method::Aes256, ..old() }, "Aes256 does not go with /V 2"),
        (EncryptDictionary { p: i64::MAX, ..good() }, "more than 32 bits"),
        (EncryptDictionary { p: -(1 << 31) - 1, ..old() }, "more than 32 bits"),
        (EncryptDictionary { length: 136, ..old() }, "/Length is 136"),
        (EncryptDictionary { length: 127, ..old() }, "/Length is 127"),
        (EncryptDictionary { length: -8, ..old() }, "/Length is -8"),
    ];
    for (dictionary, says) in malformed {
        refusal(open(&dictionary, "user"), ErrorKind::Malformed, says);
    }
    let unsupported = [
        (EncryptDictionary { filter: b"Adobe.PubSec".to_vec(), ..good() }, "/Adobe.PubSec"),
        (EncryptDictionary { v: 3, ..old() }, "/V 3 with /R 3"),
        (EncryptDictionary { r: 7, ..good() }, "/V 5 with /R 7"),
        (EncryptDictionary { r: i64::MIN, ..good() }, "is not built in"),
    ];
    for (dictionary, says) in unsupported {
        refusal(open(&dictionary, "user"), ErrorKind::Unsupported, says);
    }
}

#[test]
fn the_rounds_have_a_limit() {
    let limits = Limits { password_rounds: 49, ..Limits::default() };
    for name in ["r3", "r4_aes", "r6"] {
        let result = Security::open(&Vector::named(name).dictionary(), &[], "user", &limits);
        refusal(result, ErrorKind::TooLarge, "rounds of hashing");
    }
}

#[test]
fn damaged_cipher_is_told_with_its_place() {
    for name in ["r4_aes", "r6"] {
        let vector = Vector::named(name);
        let security = vector.open("user").unwrap();
        let stream = hex(vector.stream);
        for length in 0..stream.len() {
            match security.decrypt(Class::Stream, 5, 0, &stream[..length]) {
                Ok(clear) => assert!(clear.is_empty() && (length == 0 || length == 16), "{name} {length}"),
                Err(error) => {
                    assert_eq!(error.kind(), ErrorKind::Malformed);
                    assert!(error.to_string().starts_with("a stream of object 5 0: "), "{error}");
                }
            }
        }
        let mut damaged = stream.clone();
        *damaged.last_mut().unwrap() ^= 1;
        refusal(security.decrypt(Class::Stream, 5, 0, &damaged), ErrorKind::Malformed, "padding");
    }
}

#[test]
fn nothing_secret_prints() {
    let security = Vector::named("r6").open("user").unwrap();
    let key = format!("{:?}", security.key.as_slice());
    let text = format!("{security:?}");
    assert!(!text.contains(&key) && !text.contains("key"), "{text}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn hostile_dictionaries_do_no_harm(
        v in -1i64..7, r in -1i64..8, length in any::<i64>(), p in any::<i64>(), metadata in any::<bool>(),
        strings in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..130), 5),
        methods in (0usize..4, 0usize..4), password in ".{0,40}", id in proptest::collection::vec(any::<u8>(), 0..40),
    ) {
        let all = [Method::None, Method::Rc4, Method::Aes128, Method::Aes256];
        let [o, u, oe, ue, perms] = strings.try_into().unwrap();
        let dictionary = EncryptDictionary {
            filter: b"Standard".to_vec(), v, r, length, o, u, oe, ue, perms, p, encrypt_metadata: metadata,
            stream_method: all[methods.0], string_method: all[methods.1],
        };
        prop_assert!(Security::open(&dictionary, &id, &password, &Limits::default()).is_err());
    }
}

#[rustfmt::skip]
const VECTORS: &[Vector] = &[
    Vector {
        name: "r2",
        v: 1,
        r: 2,
        length: 40,
        o: "94e8094419662a774442fb072e3d9f19e9d130ec09a4d0061e78fe920f7ab62f",
        u: "b1f625689bca1356d125453c43cfa750c0296b5c271c03f1cc359fa658a4fa21",
        oe: "",
        ue: "",
        perms: "",
        p: -4,
        encrypt_metadata: true,
        method: Method::Rc4,
        user: "user",
        owner: "owner",
        title: "fa8485e70483939c85213a7a2db1",
        stream: "7e14c3f2c717d34856f5817b347989db2fe9c42da171aab903d0643ffe35b3569e781bd10449930b7513d701ca63da",
    },
    Vector {
        name: "r3",
        v: 2,
        r: 3,
        length: 128,
        o: "0ba3835f88f90388e74e54584125ce142be0de24c6b0d37746e075b891756671",
        u: "d798239dd347dc3afe3dd10515bb58430122456a91bae5134273a6db134c87c4",
        oe: "",
        ue: "",
        perms: "",
        p: -4,
        encrypt_metadata: true,
        method: Method::Rc4,
        user: "user",
        owner: "owner",
        title: "77c2d51ab12437f48f9d9b1aa53a",
        stream: "85b9e4589e9299a2c24bc76f08e63bb12514734c05a24b7af66a81bcf4abba71363504d0c961d82ae5b2a81b78c613",
    },
    Vector {
        name: "r3_print_none",
        v: 2,
        r: 3,
        length: 128,
        o: "566fa873ee33c797cd3b904fdadf814afa34df9a38f6ed41b984e2c6da2aa6f5",
        u: "408cc1969d5b5096e8e96bcfa0df44840122456a91bae5134273a6db134c87c4",
        oe: "",
        ue: "",
        perms: "",
        p: -3376,
        encrypt_metadata: true,
        method: Method::Rc4,
        user: "",
        owner: "owner",
        title: "cae4ec5c888f4fb6bbc4ab479fb8",
        stream: "4b2eec7be430bd733488d7c4d2d298de4a4a72b7045816844ebcb8d1f11ea4bb9e56bd2aef7135ae4d99b8c749820f",
    },
    Vector {
        name: "r3_latin",
        v: 2,
        r: 3,
        length: 128,
        o: "ae8cc6b14eb65da5c1d7af030717f05da94b1d71a1a6f42481459f73328ea5ff",
        u: "1311d0a478e9be6805f5da13b98b51eb0122456a91bae5134273a6db134c87c4",
        oe: "",
        ue: "",
        perms: "",
        p: -4,
        encrypt_metadata: true,
        method: Method::Rc4,
        user: "Prüfung",
        owner: "Schlüssel",
        title: "c8c3ddbebfeadf509d251081969b",
        stream: "93b5868a72279fa7c8221d2a1a2d8b4af133accc2583f199ab3353010ae308ef2907b699aa06d7ca73249e333779f0",
    },
    Vector {
        name: "r4_rc4",
        v: 4,
        r: 4,
        length: 128,
        o: "0ba3835f88f90388e74e54584125ce142be0de24c6b0d37746e075b891756671",
        u: "d798239dd347dc3afe3dd10515bb58430122456a91bae5134273a6db134c87c4",
        oe: "",
        ue: "",
        perms: "",
        p: -4,
        encrypt_metadata: true,
        method: Method::Rc4,
        user: "user",
        owner: "owner",
        title: "77c2d51ab12437f48f9d9b1aa53a",
        stream: "85b9e4589e9299a2c24bc76f08e63bb12514734c05a24b7af66a81bcf4abba71363504d0c961d82ae5b2a81b78c613",
    },
    Vector {
        name: "r4_aes",
        v: 4,
        r: 4,
        length: 128,
        o: "0ba3835f88f90388e74e54584125ce142be0de24c6b0d37746e075b891756671",
        u: "d798239dd347dc3afe3dd10515bb58430122456a91bae5134273a6db134c87c4",
        oe: "",
        ue: "",
        perms: "",
        p: -4,
        encrypt_metadata: true,
        method: Method::Aes128,
        user: "user",
        owner: "owner",
        title: "763f961887b598629036e10916e72b151e59ec13d67161c422823f301e5b1767",
        stream: "cac721bed1ebd15ce81a79f1f6cd294fbadbbd6de5ee484c6ac52bab0c6a3ec10681c7dd0426f2bf3eb10a4a5a45546f0bc177d3073d210c1ccd2a4944512727",
    },
    Vector {
        name: "r4_clear",
        v: 4,
        r: 4,
        length: 128,
        o: "0ba3835f88f90388e74e54584125ce142be0de24c6b0d37746e075b891756671",
        u: "4ce462854e8df78de5f814850ddb996d0122456a91bae5134273a6db134c87c4",
        oe: "",
        ue: "",
        perms: "",
        p: -4,
        encrypt_metadata: false,
        method: Method::Aes128,
        user: "user",
        owner: "owner",
        title: "543f01ffb74815fee33a0d9b4c5187a33fe1edd19f2933e45d0ecdf8cc1c160d",
        stream: "c95b505f6257e6fd05b9c63ca20ab685efb3758e58b68541936803cfa3728e3a26e95aa5d2a285581c5ecb72cd6d02d9287361034fce6a0423e710488f8b1db7",
    },
    Vector {
        name: "r5",
        v: 5,
        r: 5,
        length: 256,
        o: "e135c5c04ec9315e04b0bd495a276d631bb72504da5cc3b7be4fc7e0a1d65287dd09f82673e59275555dc77da494b8fa",
        u: "8d39c41ba8e046e5c03fe72fc95abfcd97534c86f6a5215267ecee715fa94fb26118161fbd6b8db9c04f0ac0e3b998dd",
        oe: "67ef70229023a9a10f567cb04a6036127cee8f54844b3891d2d3b5a68b0aa3c6",
        ue: "6e565d49bfcc1eaff90095ae84f3c0b1cc72b6e9f23d57c1533aa7d32007dedb",
        perms: "5c8bb72c5597d2858b978ffb2b65ea29",
        p: -4,
        encrypt_metadata: true,
        method: Method::Aes256,
        user: "user",
        owner: "owner",
        title: "7e7da5eeb50c643e7853f460483abe76a35c49dd7bfc95d18deb0deffcf1f763",
        stream: "da682386ac290d7c539c6b61f128879daec4d639f925315d24118172e1052686d2439d7ba0b3f262db481661bcf295cbbeb7ea3316c0af4c61bf30a5bfa50ebd",
    },
    Vector {
        name: "r6",
        v: 5,
        r: 6,
        length: 256,
        o: "5e67c5f519496f08c963a6cfe20754a9df96dfa8a3f646e882727193c047fc8e02805f0fa16678d40d4e101e72fd96db",
        u: "06f4bf028ea4c3d25f69ae27ca43d25f3beb15e3d6ec2c07ca586197fa3e19705e44fd21d8beb43be43dbdc472aadd7f",
        oe: "91fa9adc01e8b4be8edff0df6d335a790702ebe8d4f62835f96257b5a07c55f8",
        ue: "3acf99fff5dad4fb594eccc1b63f855519861a975b44050c520d8d5091ef8baf",
        perms: "da27cbab2a8f92052395983b20d680ac",
        p: -4,
        encrypt_metadata: true,
        method: Method::Aes256,
        user: "user",
        owner: "owner",
        title: "a9371ddaffa90abd22d8eb24eae0ecb5183d8a74e816520919cad6152989b441",
        stream: "63657c856e2ffa2f0620a68f598809353da5b9cbd6eab11c11f8e667dea84d2e6ff59d7dfb8f522e779281fe3b58e277e2509bb4c9c12652e385ebea17d20524",
    },
    Vector {
        name: "r6_clear",
        v: 5,
        r: 6,
        length: 256,
        o: "c3144ad7c1e8c8f4b6a9533827238635f8d649c1e9eab2ce1fd659ead3030becc08a21347a783aaaf0e487aed700b7ae",
        u: "725590f44c507b2f28963062f3a53f9d1d2830aac116732e559d97acce540c4e1213c2ac66a59e0a646d9cf7dd82a1c7",
        oe: "ee5f995a4e569180fe567d969f4f178e457f18e678c27e0147fa8ab566efa394",
        ue: "bdfea15d13ee71ef5b7e86ce39867a543dc385dee6221a3c234e6f6d15cae3b9",
        perms: "0fff3871cb4e403b8156fb620f561b0d",
        p: -1324,
        encrypt_metadata: false,
        method: Method::Aes256,
        user: "user",
        owner: "owner",
        title: "2e21b8913c7917a86d1b8f4cc8e4b6b3b3002c016934411f13287f5e0151d416",
        stream: "49a7eb82b4d87be864b3418f5e5a0addd4e016d4eccdcc28c36ef12143e87f72420ac2ff9ef35b0de42e46569ae83756ab5a7011ed55e9b5e10d1ac8d49f3685",
    },
    Vector {
        name: "r6_han",
        v: 5,
        r: 6,
        length: 256,
        o: "4675d3063232beb2beb0c4aa1de1c6bc85405940879431aa3b0cd0a9fa81c3ccb01c38daec210cfb0217dedea7617f54",
        u: "9c90cd824ded255822e04552dcd9dde5c4f47450aff830d529a6dfcc9249f5e4fa41c3d71b9671f12c87158688f3c5aa",
        oe: "4c4b71136710c1a8b9ecc308c92373cd9cf7158ce7b458aff82767a10e6cfb26",
        ue: "ae13d9ce678933b1a9bebec406d26758c3e49ce7d73abad92199bafad747a972",
        perms: "4a9a0343d1621f2f40af987e0f9c7cf4",
        p: -4,
        encrypt_metadata: true,
        method: Method::Aes256,
        user: "用户",
        owner: "所有者",
        title: "cc8ae07c616c83815c90e309e0be465573b41a82efb45b0f4ebe3f7bd10a3c93",
        stream: "f235361bdcf146bf6a8aed4014ca1392b05cc96eb25a8407bf436a31f45ac5f3f941b435d53c3fe7f7c1980d022b275f615af317fbbde4e8f466145de0a31d59",
    },
];
