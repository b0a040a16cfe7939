//! GM/T 0031-2025 ("V5"): the structures of GB/T 38540-2020 with a time stamp over the seal's value.

use crate::der::Tlv;
use crate::error::Error;
use crate::seal::Edition;
use crate::seal::asn1::common::{self, Notes};
use crate::seal::asn1::{SealParts, gbt38540_2020};

/// Reads a seal of five elements; the fifth is `timeStamp [0] BIT STRING`.
pub(super) fn read_seal(
    info: &Tlv<'_>,
    maker: &Tlv<'_>,
    algorithm: &Tlv<'_>,
    value: &Tlv<'_>,
    time_stamp: &Tlv<'_>,
) -> Result<SealParts, Error> {
    let mut parts = gbt38540_2020::read_seal(info, maker, algorithm, value)?;
    let mut notes = Notes(parts.deviations);
    parts.time_stamp = Some(common::read_time_stamp(time_stamp, "SESeal.timeStamp", &mut notes));
    if parts.version == 4 {
        notes.tolerated("SES_SealInfo.header.version is 4, but the seal has a time stamp, as version 5 only");
    }
    parts.edition = Edition::Gmt0031_2025;
    parts.deviations = notes.0;
    Ok(parts)
}
