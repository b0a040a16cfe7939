//! Certificate policies along a path (RFC 5280, 6.1, with the graph of RFC 9618 in the tree's place,
//! which hostile mappings cannot blow up).

use ::der::asn1::ObjectIdentifier;
use serde::{Deserialize, Serialize};

use crate::crypto::Certificate;
use crate::der::{Tlv, tag};
use crate::error::Error;
use crate::trust::general::oid;

/// What is asked of the certificate policies along a path: the inputs c to f of RFC 5280, 6.1.1.
///
/// The default asks nothing: any policy will do, and none is needed unless an authority on the path
/// demands one.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PolicyRules {
    /// The policies that will do, as object identifiers in dots; empty, the default, for any
    /// (user-initial-policy-set).
    pub acceptable: Vec<String>,
    /// Whether the path has to be good for one of them. Default no (initial-explicit-policy).
    pub required: bool,
    /// Whether authorities may not declare one policy the equal of another. Default no
    /// (initial-policy-mapping-inhibit).
    pub without_mapping: bool,
    /// Whether "any policy" in a certificate does not count. Default no (initial-any-policy-inhibit).
    pub without_any: bool,
}

/// The most policies or mappings in one certificate; a hundred have been seen.
const MOST: usize = 1024;

/// Walks the certificates below the anchor, the highest first. The sentence says what is missing.
pub(super) fn check(path: &[&Certificate], rules: &PolicyRules) -> Result<(), String> {
    let count = path.len();
    let start = |inhibited: bool| if inhibited { 0 } else { count + 1 };
    let mut walk = Walk {
        levels: vec![Level { any: true, nodes: Vec::new() }],
        explicit: start(rules.required),
        mapping: start(rules.without_mapping),
        any: start(rules.without_any),
    };
    for (at, certificate) in path.iter().enumerate() {
        let policies = Policies::read(certificate)
            .map_err(|error| format!("the policies of {} cannot be read: {error}", certificate.subject()))?;
        let last = at + 1 == count;
        walk.descend(&policies, !last && certificate.is_self_issued());
        if walk.explicit == 0 && walk.is_empty() {
            return Err(format!("no policy holds down to {}, and one is required", certificate.subject()));
        }
        if last {
            walk.explicit = walk.explicit.saturating_sub(1);
            if policies.require_explicit == Some(0) {
                walk.explicit = 0;
            }
        } else {
            walk.prepare(&policies, certificate)?;
        }
    }
    let acceptable = rules
        .acceptable
        .iter()
        .map(|dotted| ObjectIdentifier::new(dotted).map_err(|_| format!("\"{dotted}\" is not an object identifier")))
        .collect::<Result<Vec<_>, _>>()?;
    if walk.explicit > 0 || walk.reaches(&acceptable) {
        return Ok(());
    }
    Err("the path is good for none of the policies that will do, and one is required".into())
}

/// What one certificate says about policies.
#[derive(Default)]
struct Policies {
    any: bool,
    named: Vec<ObjectIdentifier>,
    /// From the issuer's to the subject's.
    mappings: Vec<(ObjectIdentifier, ObjectIdentifier)>,
    require_explicit: Option<usize>,
    inhibit_mapping: Option<usize>,
    inhibit_any: Option<usize>,
}

impl Policies {
    fn read(certificate: &Certificate) -> Result<Self, Error> {
        let mut policies = Policies::default();
        for information in items(certificate, &oid::CERTIFICATE_POLICIES, "certificatePolicies")? {
            let policy = information.children().next("policyIdentifier")?.oid("policyIdentifier")?;
            if policy == oid::ANY_POLICY {
                policies.any = true;
            } else {
                policies.named.push(policy);
            }
        }
        policies.named.sort_unstable();
        policies.named.dedup();
        for mapping in items(certificate, &oid::POLICY_MAPPINGS, "policyMappings")? {
            let mut parts = mapping.children();
            let mut next = || parts.next("policyMappings")?.oid("policyMappings");
            policies.mappings.push((next()?, next()?));
        }
        for constraint in items(certificate, &oid::POLICY_CONSTRAINTS, "policyConstraints")? {
            let count = usize::try_from(constraint.small_integer("policyConstraints")?).unwrap_or(usize::MAX);
            match constraint.tag & 0x1F {
                0 => policies.require_explicit = Some(count),
                _ => policies.inhibit_mapping = Some(count),
            }
        }
        if let Some(value) = certificate.extension(&oid::INHIBIT_ANY_POLICY) {
            let count = Tlv::only(value, "inhibitAnyPolicy")?.expect(tag::INTEGER, "inhibitAnyPolicy")?;
            policies.inhibit_any =
                Some(usize::try_from(count.small_integer("inhibitAnyPolicy")?).unwrap_or(usize::MAX));
        }
        Ok(policies)
    }
}

fn items<'a>(certificate: &'a Certificate, id: &ObjectIdentifier, what: &str) -> Result<Vec<Tlv<'a>>, Error> {
    let Some(value) = certificate.extension(id) else { return Ok(Vec::new()) };
    let list = Tlv::only(value, what)?.expect(tag::SEQUENCE, what)?.list(what)?;
    if list.len() > MOST {
        return Err(Error::too_large(format!("{what}: {} entries are more than the {MOST} that are read", list.len())));
    }
    Ok(list)
}

struct Node {
    policy: ObjectIdentifier,
    /// What the policy is called one step further down.
    expected: Vec<ObjectIdentifier>,
    /// Nodes one step further up; none for those that hang from "any policy".
    parents: Vec<usize>,
}

/// The nodes at one depth. "Any policy" hangs from its like, up to the root.
#[derive(Default)]
struct Level {
    any: bool,
    nodes: Vec<Node>,
}

struct Walk {
    levels: Vec<Level>,
    /// How many more certificates may come before each rule bites.
    explicit: usize,
    mapping: usize,
    any: usize,
}

impl Walk {
    /// RFC 5280, 6.1.3 d and e.
    fn descend(&mut self, policies: &Policies, self_issued: bool) {
        let mut level = Level::default();
        if let Some(above) = self.levels.last() {
            let parents_of = |policy: &ObjectIdentifier| -> Vec<usize> {
                let expects = |(_, node): &(usize, &Node)| node.expected.contains(policy);
                above.nodes.iter().enumerate().filter(expects).map(|(at, _)| at).collect()
            };
            let mut add = |policy: ObjectIdentifier, parents: Vec<usize>| {
                level.nodes.push(Node { policy, expected: vec![policy], parents });
            };
            for policy in &policies.named {
                let parents = parents_of(policy);
                if !parents.is_empty() || above.any {
                    add(*policy, parents);
                }
            }
            if policies.any && (self.any > 0 || self_issued) {
                let mut expected: Vec<_> = above.nodes.iter().flat_map(|node| &node.expected).copied().collect();
                expected.sort_unstable();
                expected.dedup();
                for policy in expected.into_iter().filter(|policy| policies.named.binary_search(policy).is_err()) {
                    add(policy, parents_of(&policy));
                }
                level.any = above.any;
            }
        }
        self.levels.push(level);
    }

    fn is_empty(&self) -> bool {
        self.levels.last().is_none_or(|level| !level.any && level.nodes.is_empty())
    }

    /// RFC 5280, 6.1.4 a, b and h to j.
    fn prepare(&mut self, policies: &Policies, certificate: &Certificate) -> Result<(), String> {
        let mapped_any = policies.mappings.iter().any(|(from, to)| [from, to].contains(&&oid::ANY_POLICY));
        if mapped_any {
            return Err(format!("{} maps \"any policy\", which none may", certificate.subject()));
        }
        self.map(&policies.mappings);
        if !certificate.is_self_issued() {
            for count in [&mut self.explicit, &mut self.mapping, &mut self.any] {
                *count = count.saturating_sub(1);
            }
        }
        self.explicit = self.explicit.min(policies.require_explicit.unwrap_or(usize::MAX));
        self.mapping = self.mapping.min(policies.inhibit_mapping.unwrap_or(usize::MAX));
        self.any = self.any.min(policies.inhibit_any.unwrap_or(usize::MAX));
        Ok(())
    }

    fn map(&mut self, mappings: &[(ObjectIdentifier, ObjectIdentifier)]) {
        let may_map = self.mapping > 0;
        let Some(level) = self.levels.last_mut() else { return };
        if !may_map {
            level.nodes.retain(|node| !mappings.iter().any(|(from, _)| *from == node.policy));
            return;
        }
        let mut mapped: Vec<ObjectIdentifier> = mappings.iter().map(|(from, _)| *from).collect();
        mapped.sort_unstable();
        mapped.dedup();
        for from in mapped {
            let expected: Vec<_> = mappings.iter().filter(|(one, _)| *one == from).map(|(_, to)| *to).collect();
            match level.nodes.iter_mut().find(|node| node.policy == from) {
                Some(node) => node.expected = expected,
                None if level.any => level.nodes.push(Node { policy: from, expected, parents: Vec::new() }),
                None => {}
            }
        }
    }

    /// Whether the last level leads back to a policy that will do, by the name it has at the top
    /// (RFC 5280, 6.1.5 g).
    fn reaches(&self, acceptable: &[ObjectIdentifier]) -> bool {
        let Some((last, _)) = self.levels.split_last() else { return false };
        if last.any || acceptable.is_empty() {
            return !self.is_empty();
        }
        let mut live: Vec<usize> = (0..last.nodes.len()).collect();
        for level in self.levels.iter().rev() {
            let mut above: Vec<usize> = Vec::new();
            for node in live.iter().filter_map(|at| level.nodes.get(*at)) {
                if node.parents.is_empty() && acceptable.contains(&node.policy) {
                    return true;
                }
                above.extend(&node.parents);
            }
            above.sort_unstable();
            above.dedup();
            live = above;
        }
        false
    }
}
