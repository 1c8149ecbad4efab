/// What speech is made for: a label of the metric that counts calls of engines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Purpose {
    /// A publisher's article.
    #[default]
    Article,
    /// A text that a program asked to have said.
    Speech,
}

impl Purpose {
    /// Its name in the metric.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Article => "article",
            Self::Speech => "speech",
        }
    }
}
