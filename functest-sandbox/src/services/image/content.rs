// SPDX-License-Identifier: Apache-2.0
//! What is looked for in images' content, and how a fault damages it.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;

use crate::api::Content;

/// What a qcow2 image begins with.
pub(super) const QCOW2_MAGIC: &[u8] = b"QFI\xfb";

/// The size of the disk that a qcow2 image has in it; 0 when it is none.
pub(super) fn qcow2_size(content: &Content) -> u64 {
    let mut head = [0; 32];
    let read = match content {
        Content::Memory(bytes) => {
            let length = bytes.len().min(head.len());
            head[..length].copy_from_slice(&bytes[..length]);
            Ok(())
        }
        Content::File(file) | Content::Part(file, ..) => {
            File::open(file.path()).and_then(|mut file| file.read_exact(&mut head))
        }
    };
    let [.., a, b, c, d, e, f, g, h] = head;
    match read {
        Ok(()) if head.starts_with(QCOW2_MAGIC) => u64::from_be_bytes([a, b, c, d, e, f, g, h]),
        _ => 0,
    }
}

/// The same content, but for a byte.
pub(super) fn damaged(content: Content) -> Content {
    match content {
        Content::Memory(bytes) => {
            let mut bytes = bytes.to_vec();
            let middle = bytes.len() / 2;
            if let Some(byte) = bytes.get_mut(middle) {
                *byte ^= 0xFF;
            }
            Content::Memory(bytes.into())
        }
        Content::File(file) | Content::Part(file, ..) => {
            if let Err(error) = damage(&file.path()) {
                tracing::warn!("cannot damage an image as a fault asks: {error}");
            }
            Content::File(file)
        }
    }
}

/// Turns over the byte in the middle of a file.
fn damage(path: &Path) -> std::io::Result<()> {
    let mut file = OpenOptions::new().read(true).write(true).open(path)?;
    let middle = file.metadata()?.len() / 2;
    let mut byte = [0];
    file.seek(SeekFrom::Start(middle))?;
    if file.read(&mut byte)? == 1 {
        file.seek(SeekFrom::Start(middle))?;
        file.write_all(&[!byte[0]])?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use bytes::Bytes;

    use super::*;
    use crate::ground::Nameless;

    #[test]
    fn content_is_cut_measured_and_damaged() {
        let mut bytes = b"QFI\xfb".to_vec();
        bytes.resize(24, 0);
        bytes.extend(7_u64.to_be_bytes());
        let memory = Content::Memory(bytes.clone().into());
        assert_eq!(qcow2_size(&memory), 7);
        assert_eq!(qcow2_size(&Content::Memory(Bytes::from_static(b"QF"))), 0);
        let Content::Memory(part) = memory.clone().part(30, 99) else { panic!("it is in memory") };
        assert_eq!(&part[..], [0, 7]);
        let Content::Memory(changed) = damaged(memory) else { panic!("it is in memory") };
        assert_eq!(changed.iter().zip(&bytes).filter(|(a, b)| a != b).count(), 1);
        assert!(matches!(damaged(Content::Memory(Bytes::new())), Content::Memory(bytes) if bytes.is_empty()));

        let file = Nameless::new().unwrap();
        std::fs::write(file.path(), &bytes).unwrap();
        let content = Content::File(Arc::new(file));
        assert_eq!(qcow2_size(&content), 7);
        let Content::File(file) = damaged(content) else { panic!("it is a file") };
        assert_eq!(std::fs::read(file.path()).unwrap().iter().zip(&bytes).filter(|(a, b)| a != b).count(), 1);
    }
}
