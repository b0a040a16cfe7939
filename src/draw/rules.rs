//! Who may have which seal, as rules write it.

use std::fmt;
use std::str::FromStr;

use crate::error::Error;
use crate::units::Mm;

/// State Council, notice 25 of 1999 on the seals of state organs, enterprises and social organisations.
const STATE_COUNCIL: &str = "国发〔1999〕25号";

/// Sizes that police offices publish for the makers of seals: usual, not national law.
const POLICE: &str = "local police size tables (usual, not national law)";

/// State Administration of Taxation, notice 7 of 2011.
pub(super) const TAX: &str = "国家税务总局公告2011年第7号";

/// The form of a seal.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Form {
    /// A circle.
    Round,
    /// An ellipse.
    Oval,
    /// A square or a rectangle.
    Square,
}

/// What stands in the middle of a seal.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Middle {
    /// The national emblem.
    NationalEmblem,
    /// The emblem where the owner is entitled to it, the five-pointed star otherwise.
    EmblemOrStar,
    /// The five-pointed star.
    Star,
    /// Hammer and sickle.
    PartyEmblem,
    /// Nothing but text.
    Text,
    /// The rule does not say.
    Any,
}

/// Which sizes are right, in millimetres: the diameter, or the sides.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Sizes {
    /// One of these.
    OneOf(&'static [f64]),
    /// This or smaller.
    AtMost(f64),
    /// From the first to the second, both included.
    Between(f64, f64),
    /// Width and height.
    Sides(f64, f64),
}

/// What a rule says about the seal of one kind of owner.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Rule {
    /// Whose seal it is about.
    pub owner: Owner,
    /// A short name for programs, such as `limited-company`.
    pub id: &'static str,
    /// Whose seal it is about, in Chinese.
    pub chinese: &'static str,
    /// The form.
    pub form: Form,
    /// The sizes that are right.
    pub sizes: Sizes,
    /// The size that is drawn where the caller gives none: the diameter, or the width.
    pub usual: f64,
    /// The thickness of the edge in millimetres, from and to; `None` where no rule says it.
    pub edge: Option<(f64, f64)>,
    /// The thickness of a second, inner edge.
    pub inner_edge: Option<f64>,
    /// What stands in the middle.
    pub middle: Middle,
    /// Where the rule is written.
    pub source: &'static str,
}

macro_rules! owners {
    ($($variant:ident, $id:literal, $chinese:literal, $about:literal,
        $form:ident, $sizes:expr, $usual:literal, $edge:expr, $middle:ident, $source:expr;)*) => {
        /// Whose seal it is: the rule on size, edge and middle follows from it.
        #[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
        #[non_exhaustive]
        pub enum Owner {
            $(#[doc = $about] #[doc = concat!("\n\n", $chinese, "; `", $id, "`.")] $variant,)*
        }

        impl Owner {
            /// Every owner that a rule is known for.
            pub const ALL: &[Owner] = &[$(Owner::$variant),*];

            /// What the rule says.
            #[must_use]
            pub fn rule(self) -> Rule {
                let rule = match self {
                    $(Owner::$variant => Rule {
                        owner: self,
                        id: $id,
                        chinese: $chinese,
                        form: Form::$form,
                        sizes: $sizes,
                        usual: $usual,
                        edge: $edge,
                        inner_edge: None,
                        middle: Middle::$middle,
                        source: $source,
                    }),*
                };
                let inner_edge = (self == Owner::TradeUnion).then_some(0.1);
                Rule { inner_edge, ..rule }
            }
        }
    };
}

use Sizes::{AtMost, Between, OneOf, Sides};

owners! {
    StateCouncil, "state-council", "国务院", "The State Council.",
        Round, OneOf(&[60.0]), 60.0, None, NationalEmblem, STATE_COUNCIL;
    Province, "province", "省、自治区、直辖市人民政府", "A province, an autonomous region, a municipality under the State Council.",
        Round, OneOf(&[50.0]), 50.0, None, NationalEmblem, STATE_COUNCIL;
    Ministry, "ministry", "国务院办公厅、部委", "The General Office of the State Council; a ministry or commission.",
        Round, OneOf(&[50.0]), 50.0, None, NationalEmblem, STATE_COUNCIL;
    StateCouncilBody, "state-council-body", "国务院直属机构、办事机构", "A body directly under the State Council: 50 mm of ministerial rank, 45 mm of vice-ministerial rank.",
        Round, OneOf(&[50.0, 45.0]), 50.0, None, NationalEmblem, STATE_COUNCIL;
    StateCouncilInstitution, "state-council-institution", "国务院直属事业单位", "An institution directly under the State Council: 50 mm or 45 mm by rank; the emblem where it has administrative functions.",
        Round, OneOf(&[50.0, 45.0]), 50.0, None, EmblemOrStar, STATE_COUNCIL;
    DeliberativeBody, "deliberative-body", "国务院议事协调机构、临时机构", "A deliberative or temporary body of the State Council.",
        Round, OneOf(&[50.0]), 50.0, None, Star, STATE_COUNCIL;
    NationalBureau, "national-bureau", "国务院部委管理的国家局", "A national bureau under a ministry.",
        Round, OneOf(&[45.0]), 45.0, None, NationalEmblem, STATE_COUNCIL;
    MinistryDepartment, "ministry-department", "部委外事司(局)、冠以国名的内设机构", "A ministry's department of foreign affairs; an internal organ whose legal name begins with 中华人民共和国 or 国家.",
        Round, OneOf(&[42.0]), 42.0, None, NationalEmblem, STATE_COUNCIL;
    LocalGovernment, "local-government", "自治州、市、县、市辖区人民政府", "The government of a prefecture, a city, a county or a district.",
        Round, OneOf(&[45.0]), 45.0, None, NationalEmblem, STATE_COUNCIL;
    PrefectureOffice, "prefecture-office", "地区行政公署", "The administrative office of a prefecture.",
        Round, OneOf(&[45.0]), 45.0, None, Star, STATE_COUNCIL;
    Township, "township", "乡、镇人民政府", "The government of a township or a town.",
        Round, OneOf(&[42.0]), 42.0, None, Star, STATE_COUNCIL;
    Embassy, "embassy", "驻外使馆、领事馆", "An embassy or a consulate.",
        Round, OneOf(&[42.0]), 42.0, None, NationalEmblem, STATE_COUNCIL;
    StateOrganUnit, "state-organ-unit", "国家行政机关内设机构、直属单位", "An internal organ of a state organ, or a unit directly under it.",
        Round, AtMost(45.0), 42.0, None, EmblemOrStar, STATE_COUNCIL;
    Institution, "institution", "企业事业单位、社会团体", "An enterprise, an institution or a social organisation.",
        Round, AtMost(45.0), 42.0, None, Star, STATE_COUNCIL;
    WaxSeal, "wax-seal", "外事火漆印", "A seal for wax, in foreign affairs.",
        Round, OneOf(&[42.0]), 42.0, None, NationalEmblem, STATE_COUNCIL;
    StateCouncilSteelSeal, "state-council-steel-seal", "国务院钢印", "The embossing seal of the State Council.",
        Round, OneOf(&[42.0]), 42.0, None, NationalEmblem, STATE_COUNCIL;
    SteelSeal, "steel-seal", "钢印", "Any other embossing seal.",
        Round, Between(35.0, 42.0), 42.0, None, Any, STATE_COUNCIL;
    LocalOrgan, "local-organ", "人民法院、人民检察院、地方机关", "A court, a procuratorate or another local organ.",
        Round, OneOf(&[42.0]), 42.0, Some((1.0, 1.0)), NationalEmblem, POLICE;
    StateCompany, "state-company", "国有企业、股份有限公司", "A state-owned company or a joint-stock company, and its departments.",
        Round, OneOf(&[42.0]), 42.0, Some((1.2, 1.2)), Star, POLICE;
    LimitedCompany, "limited-company", "有限责任公司", "A limited company.",
        Round, OneOf(&[40.0]), 40.0, Some((1.0, 1.2)), Star, POLICE;
    LimitedCompanyDepartment, "limited-company-department", "有限责任公司部门", "A department of a limited company.",
        Round, OneOf(&[38.0]), 38.0, Some((1.0, 1.0)), Star, POLICE;
    StockCompanyDepartment, "stock-company-department", "股份公司部门、专用章", "A department or a special purpose of a joint-stock company.",
        Round, OneOf(&[40.0]), 40.0, Some((1.0, 1.0)), Star, POLICE;
    SpecialPurpose, "special-purpose", "专用章", "A seal for one purpose: contracts, accounts, personnel.",
        Round, OneOf(&[40.0]), 40.0, Some((1.0, 1.0)), Text, POLICE;
    SoleTrader, "sole-trader", "个体工商户、其他企业", "A sole trader, a private enterprise, a department of another enterprise.",
        Round, OneOf(&[38.0]), 38.0, Some((1.0, 1.0)), Star, POLICE;
    Contract, "contract", "合同专用章(旧制)", "The large contract seal of old, with rows for bank, account, telephone and address.",
        Round, OneOf(&[58.0]), 58.0, Some((1.5, 1.5)), Text, POLICE;
    ForeignInvested, "foreign-invested", "中外合资、外商独资企业", "An enterprise with foreign capital.",
        Oval, Sides(45.0, 30.0), 45.0, None, Any, POLICE;
    TradeUnion, "trade-union", "工会", "A trade union: two edges.",
        Round, OneOf(&[42.0]), 42.0, Some((1.0, 1.0)), Any, POLICE;
    Party, "party", "党组织", "An organisation of the Party.",
        Round, OneOf(&[42.0]), 42.0, Some((1.0, 1.0)), PartyEmblem, POLICE;
    LegalRepresentative, "legal-representative", "法定代表人名章", "The name seal of a legal representative.",
        Square, AtMost(20.0), 18.0, None, Text, POLICE;
    Invoice, "invoice", "发票专用章", "The seal for invoices.",
        Oval, Sides(40.0, 30.0), 40.0, Some((1.0, 1.0)), Text, TAX;
    TaxOffice, "tax-office", "税务专用章", "A tax office's seal of the invoice seal's form.",
        Oval, Sides(40.0, 30.0), 40.0, Some((1.0, 1.0)), Text, TAX;
}

impl Owner {
    /// The short name for programs.
    #[must_use]
    pub fn id(self) -> &'static str {
        self.rule().id
    }
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

impl FromStr for Owner {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Owner::ALL.iter().copied().find(|owner| owner.id() == text).ok_or_else(|| {
            let known: Vec<&str> = Owner::ALL.iter().map(|owner| owner.id()).collect();
            Error::malformed(format!(
                "\"{}\" is no owner that a rule is known for; known are {}",
                text.escape_debug(),
                known.join(", ")
            ))
        })
    }
}

impl Sizes {
    /// Whether a seal of this width and height is right, to a tenth of a millimetre.
    #[must_use]
    pub fn admit(&self, width: Mm, height: Mm) -> bool {
        let near = |a: f64, b: f64| (a - b).abs() <= 0.1;
        let (width, height) = (width.0, height.0);
        match *self {
            Sizes::OneOf(sizes) => near(width, height) && sizes.iter().any(|size| near(width, *size)),
            Sizes::AtMost(most) => width <= most + 0.1 && height <= most + 0.1,
            Sizes::Between(least, most) => near(width, height) && width >= least - 0.1 && width <= most + 0.1,
            Sizes::Sides(wide, high) => near(width, wide) && near(height, high),
        }
    }
}

impl fmt::Display for Sizes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Sizes::OneOf(sizes) => {
                let sizes: Vec<String> = sizes.iter().map(f64::to_string).collect();
                write!(f, "{} mm", sizes.join(" or "))
            }
            Sizes::AtMost(most) => write!(f, "at most {most} mm"),
            Sizes::Between(least, most) => write!(f, "{least} to {most} mm"),
            Sizes::Sides(width, height) => write!(f, "{width} × {height} mm"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Middle, Owner, Sizes};
    use crate::units::Mm;

    #[test]
    fn each_owner_is_found_by_its_name_and_its_usual_size_is_right() {
        for owner in Owner::ALL {
            let rule = owner.rule();
            assert_eq!(rule.id.parse::<Owner>().unwrap(), *owner);
            let height = match rule.sizes {
                Sizes::Sides(_, height) => height,
                _ => rule.usual,
            };
            assert!(rule.sizes.admit(Mm(rule.usual), Mm(height)), "{owner}");
            assert!(!rule.sizes.admit(Mm(rule.usual + 20.0), Mm(height + 20.0)), "{owner}");
        }
        assert!("nobody".parse::<Owner>().unwrap_err().to_string().contains("limited-company"));
    }

    #[test]
    fn what_the_rules_say() {
        assert_eq!(Owner::StateCouncil.rule().usual, 60.0);
        assert_eq!(Owner::TradeUnion.rule().inner_edge, Some(0.1));
        assert_eq!(Owner::Party.rule().middle, Middle::PartyEmblem);
        assert!(!Owner::LimitedCompany.rule().sizes.admit(Mm(42.0), Mm(42.0)));
        assert!(!Owner::Institution.rule().sizes.admit(Mm(45.2), Mm(45.2)));
        assert!(!Owner::SteelSeal.rule().sizes.admit(Mm(34.0), Mm(34.0)));
    }
}
