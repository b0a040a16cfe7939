//! Zip packages taken apart and put together again.

use std::io::{Cursor, Read as _, Write as _};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

/// The files of a package with their contents, in its order.
#[derive(Clone)]
pub struct Package(pub Vec<(String, Vec<u8>)>);

impl Package {
    pub fn read(bytes: &[u8]) -> Self {
        let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
        let mut files = Vec::new();
        for index in 0..archive.len() {
            let mut file = archive.by_index(index).unwrap();
            if file.is_dir() {
                continue;
            }
            let mut content = Vec::new();
            let name = file.name().unwrap().into_owned();
            file.read_to_end(&mut content).unwrap();
            files.push((name, content));
        }
        Package(files)
    }

    pub fn write(&self) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        for (name, content) in &self.0 {
            writer.start_file(name.as_str(), options).unwrap();
            writer.write_all(content).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    pub fn get(&self, name: &str) -> &[u8] {
        let found = self.0.iter().find(|(own, _)| own == name);
        &found.unwrap_or_else(|| panic!("no {name} among {:?}", self.names())).1
    }

    pub fn text(&self, name: &str) -> String {
        String::from_utf8(self.get(name).to_vec()).unwrap()
    }

    pub fn names(&self) -> Vec<&str> {
        self.0.iter().map(|(name, _)| name.as_str()).collect()
    }

    /// The package with one file's content replaced, or with a new file.
    pub fn with(mut self, name: &str, content: impl Into<Vec<u8>>) -> Self {
        let content = content.into();
        match self.0.iter_mut().find(|(own, _)| own == name) {
            Some(file) => file.1 = content,
            None => self.0.push((name.to_owned(), content)),
        }
        self
    }

    /// The package with `from` replaced by `to` in one file, where it must stand.
    pub fn edited(self, name: &str, from: &str, to: &str) -> Self {
        let text = self.text(name);
        assert!(text.contains(from), "no {from} in {name}:\n{text}");
        let text = text.replacen(from, to, 1);
        self.with(name, text)
    }

    pub fn without(mut self, name: &str) -> Self {
        let before = self.0.len();
        self.0.retain(|(own, _)| own != name);
        assert_eq!(self.0.len() + 1, before, "no {name}");
        self
    }

    /// The package with another file of the same name behind the first.
    pub fn with_twin(self, name: &str, content: &[u8]) -> Vec<u8> {
        let placeholder = "~".repeat(name.len());
        let mut bytes = self.with(&placeholder, content).write();
        let places: Vec<_> =
            (0..bytes.len() - name.len()).filter(|at| bytes[*at..].starts_with(placeholder.as_bytes())).collect();
        assert_eq!(places.len(), 2, "a local and a central header");
        for at in places {
            bytes[at..at + name.len()].copy_from_slice(name.as_bytes());
        }
        bytes
    }
}
