//! Files and folders that nobody but the server's own user may read.

use std::{
    fs::{self, DirBuilder, OpenOptions},
    io,
    path::Path,
};

/// Bits of a mode that let others in.
#[cfg(unix)]
const OTHERS: u32 = 0o077;
/// The bit of a folder in which everybody may make files, as the one for temporary files.
#[cfg(unix)]
const STICKY: u32 = 0o1000;

/// From here on whatever the process makes is its user's alone. For the program itself, not for tests: it holds for all
/// threads.
pub fn keep_everything_private() {
    #[cfg(unix)]
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(OTHERS));
}

/// Makes a folder, and those above it, that others cannot look into. One that is there and that they can is shut to them.
///
/// # Errors
/// It cannot be made or shut, for instance because it belongs to somebody else or is one that everybody shares.
pub fn folder(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)?;
    shut(path)
}

/// Options for a file that is made and that others cannot read.
pub fn new_file() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Shuts a file to others if it is there.
///
/// # Errors
/// It cannot be shut.
pub fn file(path: &Path) -> io::Result<()> {
    match shut(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        shut => shut,
    }
}

/// Whether others may read a file.
#[cfg(unix)]
pub fn is_open_to_others(path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::PermissionsExt;
    Ok(fs::metadata(path)?.permissions().mode() & OTHERS != 0)
}

/// Where files have no such rights the folder's own protection must do.
#[cfg(not(unix))]
pub fn is_open_to_others(_: &Path) -> io::Result<bool> {
    Ok(false)
}

#[cfg(unix)]
fn shut(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mut permissions = fs::metadata(path)?.permissions();
    let mode = permissions.mode();
    if mode & OTHERS == 0 {
        return Ok(());
    }
    if mode & STICKY != 0 {
        return Err(io::Error::other("everybody shares it; name a folder of its own"));
    }
    permissions.set_mode(mode & !OTHERS);
    fs::set_permissions(path, permissions)?;
    tracing::warn!(path = %path.display(), "others could read this; it was shut to them");
    Ok(())
}

#[cfg(not(unix))]
fn shut(path: &Path) -> io::Result<()> {
    fs::metadata(path).map(|_| ())
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o7777
    }

    #[test]
    fn what_others_could_read_is_shut_to_them() {
        let root = tempfile::tempdir().unwrap();
        let data = root.path().join("new/data");
        folder(&data).unwrap();
        assert_eq!((mode(&data), mode(data.parent().unwrap())), (0o700, 0o700));
        fs::set_permissions(&data, fs::Permissions::from_mode(0o755)).unwrap();
        folder(&data).unwrap();
        assert_eq!(mode(&data), 0o700);
        let inside = data.join("selltrac.db");
        file(&inside).unwrap();
        fs::write(&inside, "").unwrap();
        fs::set_permissions(&inside, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(is_open_to_others(&inside).unwrap());
        file(&inside).unwrap();
        assert_eq!(mode(&inside), 0o600);
    }

    #[test]
    fn a_folder_that_everybody_shares_is_left_alone() {
        let root = tempfile::tempdir().unwrap();
        let shared = root.path().join("tmp");
        fs::create_dir(&shared).unwrap();
        fs::set_permissions(&shared, fs::Permissions::from_mode(0o1777)).unwrap();
        let error = folder(&shared).unwrap_err().to_string();
        assert!(error.contains("a folder of its own"), "{error}");
        assert_eq!(mode(&shared), 0o1777);
    }
}
