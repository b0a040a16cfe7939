//! The register in PostgreSQL, for several machines that share one.
//!
//! Writers take turns by an advisory lock that lasts as long as their transaction, look where the ledger
//! ends, and insert. Even without the lock no entry could be lost or doubled: numbers are unique, and
//! triggers refuse whoever would change or remove a row.

use std::fmt;
use std::sync::{Mutex, PoisonError};

use postgres::{Client, Config, NoTls, Row, Transaction};

use crate::error::{Error, ErrorKind};
use crate::ledger::Sm3;
use crate::ledger::store::{Head, Index, Key, Line, Store, Totals};

/// The number of the advisory lock: "eseal" in ASCII.
const LOCK: i64 = 0x65_7365_616C;

/// Values are compared octet by octet, or times in RFC 3339 would be sorted by a language's rules.
const TABLES: &str = r#"
CREATE TABLE IF NOT EXISTS eseal_lines (
    sequence bigint PRIMARY KEY CHECK (sequence >= 0),
    sm3 bytea NOT NULL,
    text text NOT NULL
);
CREATE TABLE IF NOT EXISTS eseal_keys (
    index smallint NOT NULL,
    value text COLLATE "C" NOT NULL,
    sequence bigint NOT NULL REFERENCES eseal_lines,
    PRIMARY KEY (index, value, sequence)
);
CREATE TABLE IF NOT EXISTS eseal_blobs (sm3 bytea PRIMARY KEY, bytes bytea NOT NULL);
CREATE OR REPLACE FUNCTION eseal_append_only() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'the ledger is append-only'; END $$;
CREATE OR REPLACE TRIGGER eseal_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON eseal_lines
    EXECUTE FUNCTION eseal_append_only();
CREATE OR REPLACE TRIGGER eseal_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON eseal_keys
    EXECUTE FUNCTION eseal_append_only();
CREATE OR REPLACE TRIGGER eseal_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON eseal_blobs
    EXECUTE FUNCTION eseal_append_only();
"#;

/// A ledger in PostgreSQL 14 or later, shared by any number of machines: when they write at once, no
/// entry is lost or doubled.
///
/// The connection is not encrypted: use it on the server's own machine, through a tunnel or in a
/// network of one's own. It blocks; within an asynchronous program call it from a thread of its own. A
/// connection that broke is made anew at the next call.
pub struct PostgresStore {
    config: Config,
    client: Mutex<Option<Client>>,
}

impl PostgresStore {
    /// Connects as the text says, such as `host=127.0.0.1 user=register dbname=seals` or a
    /// `postgresql://` address, and makes the tables where they are missing: in the first schema of the
    /// search path, so that one database can hold several ledgers.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Misuse`] when the text is not understood, [`ErrorKind::Store`] when the server is not
    /// reached or does not let the tables be made.
    pub fn connect(config: &str) -> Result<Self, Error> {
        let config: Config = config.parse().map_err(|source: postgres::Error| {
            Error::new(ErrorKind::Misuse, format!("the connection is not understood: {source}")).caused_by(source)
        })?;
        let store = PostgresStore { config, client: Mutex::new(None) };
        store.with(|client| {
            let mut transaction = client.transaction()?;
            take_turn(&mut transaction)?;
            // A user who may write and not make tables connects to those that are there.
            let missing = transaction.query_one("SELECT to_regclass('eseal_blobs') IS NULL", &[])?;
            if missing.try_get::<_, bool>(0)? {
                transaction.batch_execute(TABLES)?;
            }
            transaction.commit()
        })?;
        Ok(store)
    }

    fn with<T>(&self, deed: impl FnOnce(&mut Client) -> Result<T, postgres::Error>) -> Result<T, Error> {
        // Whatever a thread that panicked left is a transaction, which ends with it.
        let mut held = self.client.lock().unwrap_or_else(PoisonError::into_inner);
        let done = match held.take().filter(|client| !client.is_closed()) {
            Some(client) => Ok(client),
            None => self.config.connect(NoTls),
        }
        .and_then(|mut client| {
            let done = deed(&mut client);
            if !done.as_ref().is_err_and(ends_the_connection) {
                *held = Some(client);
            }
            done
        });
        done.map_err(|source| {
            let told = source.as_db_error().map_or_else(|| source.to_string(), |error| error.message().to_owned());
            Error::new(ErrorKind::Store, format!("the register's server: {told}")).caused_by(source)
        })
    }

    fn numbers(&self, query: &str, index: Index, value: &str) -> Result<Vec<u64>, Error> {
        let index = i16::from(index.number());
        let rows = self.with(|client| client.query(query, &[&index, &value]))?;
        rows.iter().map(|row| number(row, 0)).collect()
    }
}

/// Whether nothing can be asked through this connection any more. It may not know so itself yet: a server that
/// shuts down says so in answer to one question, and the end of the connection is noticed with the next.
fn ends_the_connection(error: &postgres::Error) -> bool {
    error.as_db_error().is_none_or(|told| matches!(told.severity(), "FATAL" | "PANIC"))
}

impl fmt::Debug for PostgresStore {
    /// Without the password, which a connection may have.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PostgresStore({:?}, {:?})", self.config.get_hosts(), self.config.get_dbname())
    }
}

/// Waits until no other writer is at work, up to the end of the transaction.
fn take_turn(transaction: &mut Transaction<'_>) -> Result<(), postgres::Error> {
    transaction.batch_execute("SET LOCAL synchronous_commit = on")?;
    transaction.execute("SELECT pg_advisory_xact_lock($1)", &[&LOCK]).map(drop)
}

const HEAD: &str = "SELECT sequence, sm3 FROM eseal_lines ORDER BY sequence DESC LIMIT 1";

fn head_of(row: Option<&Row>) -> Result<Head, Error> {
    let Some(row) = row else { return Ok(Head::EMPTY) };
    Ok(Head { length: number(row, 0)?.saturating_add(1), sm3: digest(row, 1)? })
}

fn number(row: &Row, column: usize) -> Result<u64, Error> {
    let number: i64 = row.try_get(column).map_err(foreign)?;
    u64::try_from(number).map_err(|_| Error::new(ErrorKind::Store, format!("the tables hold an entry {number}")))
}

fn digest(row: &Row, column: usize) -> Result<Sm3, Error> {
    let octets: &[u8] = row.try_get(column).map_err(foreign)?;
    let octets = <[u8; 32]>::try_from(octets)
        .map_err(|_| Error::new(ErrorKind::Store, "the tables hold a digest that has not 32 octets"))?;
    Ok(Sm3::from_octets(octets))
}

fn foreign(source: postgres::Error) -> Error {
    Error::new(ErrorKind::Store, format!("the tables of the register are not as expected: {source}")).caused_by(source)
}

fn to_number(sequence: u64) -> Result<i64, Error> {
    i64::try_from(sequence).map_err(|_| Error::too_large(format!("there can be no entry {sequence}")))
}

/// Lines in columns, as the server takes many at once.
#[derive(Default)]
struct Columns<'a> {
    sequences: Vec<i64>,
    digests: Vec<&'a [u8]>,
    texts: Vec<&'a str>,
    indexes: Vec<i16>,
    values: Vec<&'a str>,
    owners: Vec<i64>,
}

impl<'a> Columns<'a> {
    fn of(lines: &'a [Line]) -> Result<Self, Error> {
        let mut columns = Columns::default();
        for line in lines {
            let sequence = to_number(line.sequence)?;
            columns.sequences.push(sequence);
            columns.digests.push(line.sm3.octets());
            columns.texts.push(&line.text);
            for key in &line.keys {
                columns.indexes.push(i16::from(key.index.number()));
                columns.values.push(&key.value);
                columns.owners.push(sequence);
            }
        }
        Ok(columns)
    }

    fn insert(&self, transaction: &mut Transaction<'_>, blobs: &[(Sm3, &[u8])]) -> Result<(), postgres::Error> {
        transaction.execute(
            "INSERT INTO eseal_lines SELECT * FROM UNNEST($1::bigint[], $2::bytea[], $3::text[])",
            &[&self.sequences, &self.digests, &self.texts],
        )?;
        transaction.execute(
            "INSERT INTO eseal_keys SELECT * FROM UNNEST($1::smallint[], $2::text[], $3::bigint[])",
            &[&self.indexes, &self.values, &self.owners],
        )?;
        for (sm3, bytes) in blobs {
            transaction.execute(
                "INSERT INTO eseal_blobs VALUES ($1, $2) ON CONFLICT (sm3) DO NOTHING",
                &[&sm3.octets().as_slice(), bytes],
            )?;
        }
        Ok(())
    }
}

impl Store for PostgresStore {
    fn head(&self) -> Result<Head, Error> {
        head_of(self.with(|client| client.query_opt(HEAD, &[]))?.as_ref())
    }

    fn append(&self, expected: &Head, lines: &[Line], blobs: &[(Sm3, &[u8])]) -> Result<bool, Error> {
        let columns = Columns::of(lines)?;
        let appended = self.with(|client| {
            let mut transaction = client.transaction()?;
            take_turn(&mut transaction)?;
            let found = head_of(transaction.query_opt(HEAD, &[])?.as_ref());
            if !found.as_ref().is_ok_and(|head| head == expected) {
                return Ok(found);
            }
            columns.insert(&mut transaction, blobs)?;
            transaction.commit()?;
            Ok(found)
        })?;
        Ok(appended? == *expected)
    }

    fn read(&self, from: u64, most: usize) -> Result<Vec<(String, Sm3)>, Error> {
        // No entry has a number that the column cannot hold.
        let Ok(from) = to_number(from) else { return Ok(Vec::new()) };
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let query = "SELECT text, sm3 FROM eseal_lines WHERE sequence >= $1 ORDER BY sequence LIMIT $2";
        let rows = self.with(|client| client.query(query, &[&from, &most]))?;
        rows.iter().map(|row| Ok((row.try_get(0).map_err(foreign)?, digest(row, 1)?))).collect()
    }

    fn find(&self, key: &Key) -> Result<Vec<u64>, Error> {
        let query = "SELECT sequence FROM eseal_keys WHERE index = $1 AND value = $2 ORDER BY sequence";
        self.numbers(query, key.index, &key.value)
    }

    fn find_up_to(&self, index: Index, last: &str) -> Result<Vec<u64>, Error> {
        let query = "SELECT sequence FROM eseal_keys WHERE index = $1 AND value <= $2 ORDER BY value, sequence";
        self.numbers(query, index, last)
    }

    fn blob(&self, seal: &Sm3) -> Result<Option<Vec<u8>>, Error> {
        let query = "SELECT bytes FROM eseal_blobs WHERE sm3 = $1";
        let row = self.with(|client| client.query_opt(query, &[&seal.octets().as_slice()]))?;
        row.map(|row| row.try_get(0).map_err(foreign)).transpose()
    }

    fn totals(&self) -> Result<Totals, Error> {
        let query = "SELECT (SELECT count(*) FROM eseal_lines), (SELECT count(*) FROM eseal_keys), (SELECT count(*) FROM eseal_blobs)";
        let row = self.with(|client| client.query_one(query, &[]))?;
        Ok(Totals { lines: number(&row, 0)?, keys: number(&row, 1)?, blobs: number(&row, 2)? })
    }

    /// Pages are the server's affair.
    fn check(&self) -> Result<(), Error> {
        self.head().map(drop)
    }
}
