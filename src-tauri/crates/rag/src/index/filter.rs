//! Which files a search may find, as a bitmap that is asked once for each passage.

use super::FileKey;

/// A set of files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Filter {
    /// Every file.
    #[default]
    All,
    /// Only these.
    Files(FileSet),
}

/// File numbers as bits from the lowest one on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileSet {
    first: FileKey,
    words: Vec<u64>,
    count: usize,
}

impl Filter {
    /// Lets these files through and no others.
    #[must_use]
    pub fn files(files: &[FileKey]) -> Self {
        let (Some(first), Some(last)) = (files.iter().min(), files.iter().max()) else {
            return Self::Files(FileSet::default());
        };
        let bits = usize::try_from(last - first).unwrap_or_default() + 1;
        let mut set = FileSet { first: *first, words: vec![0; bits.div_ceil(64)], count: 0 };
        for file in files {
            let bit = usize::try_from(file - first).unwrap_or_default();
            let mask = 1 << (bit % 64);
            set.count += usize::from(set.words[bit / 64] & mask == 0);
            set.words[bit / 64] |= mask;
        }
        Self::Files(set)
    }

    /// Whether a file may be found.
    #[must_use]
    pub fn allows(&self, file: FileKey) -> bool {
        let Self::Files(set) = self else { return true };
        let Ok(bit) = usize::try_from(file.wrapping_sub(set.first)) else { return false };
        set.words.get(bit / 64).is_some_and(|word| word >> (bit % 64) & 1 == 1)
    }

    /// How many files may be found; `None` where it is all of them.
    #[must_use]
    pub fn count(&self) -> Option<usize> {
        match self {
            Self::All => None,
            Self::Files(set) => Some(set.count),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_lets_its_files_through_and_no_others() {
        let filter = Filter::files(&[7, 1000, 70, 7]);
        let through: Vec<_> = (-5..2000).filter(|file| filter.allows(*file)).collect();
        assert_eq!((through, filter.count()), (vec![7, 70, 1000], Some(3)));
        assert!(!Filter::files(&[]).allows(0) && Filter::All.allows(-1));
        assert!(!filter.allows(i64::MIN) && !filter.allows(i64::MAX));
    }
}
