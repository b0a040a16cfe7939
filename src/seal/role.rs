//! The two roles: who makes seals, and who stamps with them.

use crate::crypto::{Certificate, Credentials};
use crate::error::Error;

macro_rules! role {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug)]
        pub struct $name(Credentials);

        impl $name {
            /// Takes on the role with these credentials.
            #[must_use]
            pub fn new(credentials: Credentials) -> Self {
                $name(credentials)
            }

            /// Reads the certificate (those of the authorities above it may follow) and the private
            /// key from PEM or DER.
            ///
            /// # Errors
            ///
            /// When either cannot be read, or they do not belong together.
            pub fn from_pem(certificates: &[u8], key: &[u8]) -> Result<Self, Error> {
                Credentials::from_pem(certificates, key).map($name)
            }

            /// The certificate.
            #[must_use]
            pub fn certificate(&self) -> &Certificate {
                self.0.certificate()
            }

            /// Certificate, chain and key.
            #[must_use]
            pub fn credentials(&self) -> &Credentials {
                &self.0
            }
        }

        impl From<Credentials> for $name {
            fn from(credentials: Credentials) -> Self {
                $name(credentials)
            }
        }
    };
}

role! {
    /// The authority that makes seals and signs them (制章者). It never stamps documents:
    ///
    /// ```compile_fail,E0308
    /// # fn never(stamp: eseal::Stamp<'_>, form: &eseal::Pdf, maker: &eseal::SealMaker) {
    /// stamp.apply(form, maker);
    /// # }
    /// ```
    SealMaker
}

role! {
    /// The owner who stamps with a seal (签章者).
    Signatory
}
