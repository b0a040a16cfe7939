//! What the trailer of an encrypted file says about its encryption (ISO 32000-2, 7.6.2 and 7.6.6).

use crate::document::pdf::encryption::{EncryptDictionary, Method, Security};
use crate::document::pdf::file::{File, View, Work};
use crate::document::pdf::object::{Dictionary, Object};
use crate::error::{Error, ErrorKind};

/// Opens the file with `password`; nothing when it is not encrypted.
pub(super) fn security(file: &File, password: &str) -> Result<Option<Security>, Error> {
    let work = Work::new(file, &file.limits);
    let view = work.view();
    let trailer = file.trailer()?;
    if trailer.get("Encrypt").is_none_or(|value| value.kind() == "null") {
        return Ok(None);
    }
    // Not as if it were clear: the next revision could have an object of that number.
    let encrypt = view.get(trailer, "Encrypt")?;
    let encrypt = encrypt.ok_or_else(|| Error::malformed("the trailer's /Encrypt leads to no object"))?;
    let dictionary = encrypt
        .as_dictionary()
        .ok_or_else(|| Error::malformed(format!("the trailer's /Encrypt is {}, not a dictionary", encrypt.kind())))?;
    let filter = view.get(dictionary, "Filter")?.and_then(|name| name.as_name().map(<[u8]>::to_vec));
    if filter.as_deref() == Some(b"Adobe.PubSec") {
        return Err(Error::unsupported(
            "the document is encrypted for the holders of certificates (/Adobe.PubSec), not under a password: have one \
             of them take the protection off, or verify the original",
        ));
    }
    let id = first_id(&view)?;
    Security::open(&values(&view, dictionary)?, &id, password, &file.limits).map(Some)
}

/// The half of `/ID` that never changes.
fn first_id(view: &View<'_>) -> Result<Vec<u8>, Error> {
    let Some(trailer) = view.trailer() else { return Ok(Vec::new()) };
    let Some(id) = view.get(trailer, "ID")? else { return Ok(Vec::new()) };
    let first = id.as_array().and_then(<[Object]>::first).and_then(Object::as_string);
    Ok(first.unwrap_or_default().to_vec())
}

fn values(view: &View<'_>, dictionary: &Dictionary) -> Result<EncryptDictionary, Error> {
    let integer = |key: &str| -> Result<Option<i64>, Error> {
        Ok(view.get(dictionary, key)?.and_then(|value| value.as_integer()))
    };
    let string = |key: &str| -> Result<Vec<u8>, Error> {
        Ok(view.get(dictionary, key)?.and_then(|value| value.as_string().map(<[u8]>::to_vec)).unwrap_or_default())
    };
    let needed = |key: &str| -> Result<i64, Error> {
        integer(key)?.ok_or_else(|| Error::malformed(format!("the encryption dictionary has no number /{key}")))
    };
    let v = needed("V")?;
    Ok(EncryptDictionary {
        filter: view.get(dictionary, "Filter")?.and_then(|name| name.as_name().map(<[u8]>::to_vec)).unwrap_or_default(),
        v,
        r: needed("R")?,
        length: integer("Length")?.unwrap_or(40),
        o: string("O")?,
        u: string("U")?,
        oe: string("OE")?,
        ue: string("UE")?,
        perms: string("Perms")?,
        p: needed("P")?,
        encrypt_metadata: view.get(dictionary, "EncryptMetadata")?.and_then(|value| value.as_boolean()).unwrap_or(true),
        stream_method: method(view, dictionary, v, "StmF")?,
        string_method: method(view, dictionary, v, "StrF")?,
    })
}

/// What the crypt filter does that `key` names.
fn method(view: &View<'_>, dictionary: &Dictionary, v: i64, key: &str) -> Result<Method, Error> {
    if v < 4 {
        return Ok(Method::Rc4);
    }
    let Some(name) = view.get(dictionary, key)?.and_then(|name| name.as_name().map(<[u8]>::to_vec)) else {
        return Ok(Method::None);
    };
    if name == b"Identity" {
        return Ok(Method::None);
    }
    let name = String::from_utf8_lossy(&name).into_owned();
    let missing = || Error::malformed(format!("the encryption dictionary describes no crypt filter /{name}"));
    let filters = view.get(dictionary, "CF")?.ok_or_else(missing)?;
    let filter = view.get(filters.as_dictionary().ok_or_else(missing)?, &name)?.ok_or_else(missing)?;
    let method = view.get(filter.as_dictionary().ok_or_else(missing)?, "CFM")?;
    match method.as_ref().and_then(|method| method.as_name()) {
        None | Some(b"None") => Ok(Method::None),
        Some(b"V2") => Ok(Method::Rc4),
        Some(b"AESV2") => Ok(Method::Aes128),
        Some(b"AESV3") => Ok(Method::Aes256),
        Some(other) => Err(Error::new(
            ErrorKind::Unsupported,
            format!("the crypt filter /{name} uses the method /{}, unknown here", String::from_utf8_lossy(other)),
        )),
    }
}
