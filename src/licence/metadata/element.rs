//! The elements of GB/T 36903 and the names under which systems carry them.

use std::fmt;

/// How an element is constrained.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Constraint {
    /// M: every licence has it.
    Mandatory,
    /// C: under a condition, which the element's description names.
    Conditional,
    /// O: it may be left out.
    Optional,
}

/// What the values of an element are.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(super) enum Kind {
    Text,
    Day,
    Moment,
    Body,
    TypeCode,
    Identifier,
    Holder,
    Region,
    Version,
}

struct Row {
    number: u8,
    chinese: &'static str,
    short: &'static str,
    english: &'static str,
    constraint: Constraint,
    kind: Kind,
    longest: usize,
    also: &'static [&'static str],
}

macro_rules! elements {
    ($($(#[$doc:meta])* $variant:ident =
        $number:literal, $chinese:literal, $short:literal, $english:literal, $constraint:ident, $kind:ident, $longest:literal
        $(, also $($also:literal)+)?;)*) => {
        /// An element of the metadata (GB/T 36903-2018).
        ///
        /// The standard's short names are the initials of the Chinese names; those of 6, 16 to 19 are formed by
        /// the same rule here, since no implementation that could be read names them. An element and its code
        /// share a number.
        #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        #[non_exhaustive]
        pub enum Element {
            $($(#[$doc])* $variant,)*
        }

        impl Element {
            /// All of them, in the order of the standard.
            pub const ALL: &[Element] = &[$(Element::$variant),*];

            fn row(self) -> Row {
                match self {
                    $(Element::$variant => Row {
                        number: $number,
                        chinese: $chinese,
                        short: $short,
                        english: $english,
                        constraint: Constraint::$constraint,
                        kind: Kind::$kind,
                        longest: $longest,
                        also: &[$($($also),+)?],
                    },)*
                }
            }
        }
    };
}

elements! {
    /// 1, the licence's name.
    Name = 1, "证照名称", "ZZMC", "certificate_name", Mandatory, Text, 512;
    /// 2, its type's name.
    TypeName = 2, "证照类型名称", "ZZLXMC", "certificate_type_name", Mandatory, Text, 256;
    /// 3, its type's code.
    TypeCode = 3, "证照类型代码", "ZZLXDM", "certificate_type_name_code", Mandatory, TypeCode, 64,
        also "certificate_type_code";
    /// 4, its number.
    Number = 4, "证照编号", "ZZBH", "certificate_number", Mandatory, Text, 128;
    /// 5, its identifier.
    Identifier = 5, "证照标识", "ZZBS", "certificate_identifier", Mandatory, Identifier, 128,
        also "certificate_source_id";
    /// 6, its version, which the identifier says too.
    Version = 6, "证照版本号", "ZZBBH", "certificate_version", Conditional, Version, 3;
    /// 7, the issuing bodies.
    Issuer = 7, "证照颁发机构", "ZZBFJG", "certificate_issuing_authority_name", Mandatory, Text, 512,
        also "issue_dept";
    /// 8, their codes, in the same order.
    IssuerCode = 8, "证照颁发机构代码", "ZZBFJGDM", "certificate_issuing_authority_code", Mandatory, Body, 18,
        also "issue_dept_code";
    /// 9, the day of issue.
    Issued = 9, "证照颁发日期", "ZZBFRQ", "certificate_issuing_authority_date", Mandatory, Day, 32,
        also "issue_date";
    /// 10, the holders.
    Holder = 10, "持证主体", "CZZT", "certificate_holder_name", Mandatory, Text, 512,
        also "certificate_holder";
    /// 11, their codes, in the same order.
    HolderCode = 11, "持证主体代码", "CZZTDM", "certificate_holder_code", Mandatory, Text, 512;
    /// 12, the names of the kinds of these codes.
    HolderKindName = 12, "持证主体代码类型", "CZZTDMLX", "certificate_holder_type_name", Mandatory, Text, 64;
    /// 13, the kinds of these codes.
    HolderKind = 13, "持证主体代码类型代码", "CZZTDMLXDM", "certificate_holder_type", Mandatory, Holder, 3;
    /// 14, the first day on which it is in force; under the condition that there is one.
    ValidFrom = 14, "证照有效期起始日期", "ZZYXQQSRQ", "certificate_validate_start", Conditional, Day, 32,
        also "ZZYXQQSSJ";
    /// 15, the last day on which it is in force; under the condition that there is one.
    ValidUntil = 15, "证照有效期截止日期", "ZZYXQJZRQ", "certificate_validate_end", Conditional, Day, 32,
        also "ZZYXQJZSJ";
    /// 16, how long it is in force, in words.
    ValidityRange = 16, "有效期限范围", "YXQXFW", "certificate_validity_range", Optional, Text, 64;
    /// 17, the region in which it is kept; the catalogue asks for it.
    Region = 17, "管辖属地编码", "GXSDBM", "certificate_area_code", Conditional, Region, 6;
    /// 18, the body that defines the type.
    Definer = 18, "证照定义机构", "ZZDYJG", "certificate_define_authority_name", Optional, Text, 512;
    /// 18, its code.
    DefinerCode = 18, "证照定义机构代码", "ZZDYJGDM", "certificate_define_authority_code", Optional, Body, 18;
    /// 19, the service item that it comes from.
    Item = 19, "关联事项", "GLSX", "related_item_name", Optional, Text, 256;
    /// 19, its code.
    ItemCode = 19, "关联事项代码", "GLSXDM", "related_item_code", Optional, Text, 64;
    /// 20, who sealed it.
    Sealer = 20, "证照签章人", "ZZQZR", "certificate_signer", Optional, Text, 256;
    /// 20, when.
    SealedAt = 20, "证照签章时间", "ZZQZSJ", "certificate_sign_time", Optional, Moment, 32;
    /// 20, the seal's name.
    SealName = 20, "证照签章名称", "ZZQZMC", "certificate_seal_name", Optional, Text, 256;
    /// 21, when the file was made.
    Created = 21, "创建时间", "CJSJ", "create_time", Optional, Moment, 32;
    /// 22, when an annotated copy was made; under the condition that it is one.
    CopyMadeAt = 22, "加注件制作时间", "JZJZZSJ", "certificate_copy_creation_time", Conditional, Moment, 32;
    /// 23, who made it; as 22.
    CopyMaker = 23, "加注件制作者", "JZJZZZ", "certificate_copy_creator", Conditional, Text, 256;
    /// 24, what for; as 22.
    CopyPurpose = 24, "加注件制作事由", "JZJZZSY", "certificate_copy_cause", Conditional, Text, 200;
    /// 25, until when the copy may be used.
    CopyUntil = 25, "加注件有效期截止时间", "JZJYXQJZSJ", "certificate_copy_expiring_time", Optional, Moment, 32;
}

impl Element {
    /// Its number in the standard.
    #[must_use]
    pub fn number(self) -> u8 {
        self.row().number
    }

    /// What it is called.
    #[must_use]
    pub fn chinese(self) -> &'static str {
        self.row().chinese
    }

    /// The short name, under which it is written.
    #[must_use]
    pub fn short_name(self) -> &'static str {
        self.row().short
    }

    /// The English name that interfaces use.
    #[must_use]
    pub fn english_name(self) -> &'static str {
        self.row().english
    }

    /// Whether a licence has to have it.
    #[must_use]
    pub fn constraint(self) -> Constraint {
        self.row().constraint
    }

    /// The most characters that a value may have.
    #[must_use]
    pub fn longest(self) -> usize {
        self.row().longest
    }

    pub(super) fn kind(self) -> Kind {
        self.row().kind
    }

    /// Whether a licence may have several, in an order that counts.
    #[must_use]
    pub fn is_repeatable(self) -> bool {
        use Element as E;
        matches!(self, E::Issuer | E::IssuerCode | E::Holder | E::HolderCode | E::HolderKindName | E::HolderKind)
    }

    /// Whether only annotated copies have it.
    #[must_use]
    pub fn is_of_a_copy(self) -> bool {
        (22..=25).contains(&self.number())
    }

    /// Whether its values may be a citizen's number, which reports do not show.
    #[must_use]
    pub fn is_secret(self) -> bool {
        self == Element::HolderCode
    }

    /// The element that a system calls by this name: its short name, another spelling of it, its English or its
    /// Chinese name. Small letters are taken for capitals.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        let name = name.trim();
        Element::ALL.iter().copied().find(|element| {
            let row = element.row();
            let same = |other: &&str| other.eq_ignore_ascii_case(name);
            same(&row.short) || same(&row.english) || row.chinese == name || row.also.iter().any(same)
        })
    }
}

impl fmt::Display for Element {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.short_name(), self.chinese())
    }
}
