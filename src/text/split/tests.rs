use super::*;

fn english(text: &str) -> Vec<&str> {
    sentences(text, &Lang::english())
}

#[test]
fn plain_sentences_are_split() {
    assert_eq!(english("He left. She stayed."), ["He left.", "She stayed."]);
    assert_eq!(english("  "), [""; 0]);
}
