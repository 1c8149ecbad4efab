//! Puts the modules that a script imports into its file, so that a page loads one file.
//!
//! Only what our own sources use is understood: `import { … } from './name.js';` on one line at the
//! start of a file, and `export` before a declaration. Type imports stand in comments and stay there.

use std::collections::HashSet;

/// The sources, by name.
const MODULES: [(&str, &str); 17] = [
    ("align", include_str!("../../player/align.js")),
    ("basics", include_str!("../../player/basics.js")),
    ("chain", include_str!("../../player/chain.js")),
    ("clips", include_str!("../../player/clips.js")),
    ("listen-player", include_str!("../../player/listen-player.js")),
    ("manifest", include_str!("../../player/manifest.js")),
    ("menu", include_str!("../../player/menu.js")),
    ("parts", include_str!("../../player/parts.js")),
    ("session", include_str!("../../player/session.js")),
    ("shell", include_str!("../../player/shell.js")),
    ("sound", include_str!("../../player/sound.js")),
    ("stream", include_str!("../../player/stream.js")),
    ("strings", include_str!("../../player/strings.js")),
    ("style", include_str!("../../player/style.js")),
    ("text", include_str!("../../player/text.js")),
    ("types", include_str!("../../player/types.js")),
    ("whole", include_str!("../../player/whole.js")),
];

/// A module with all it imports, in the order in which it is needed.
pub(super) fn module(name: &str) -> String {
    let mut text = String::new();
    put(name, true, &mut HashSet::new(), &mut text);
    text
}

fn put<'a>(name: &'a str, exports: bool, done: &mut HashSet<&'a str>, text: &mut String) {
    if !done.insert(name) {
        return;
    }
    let source = MODULES.iter().find(|(known, _)| *known == name).map_or("", |(_, source)| source);
    for imported in source.lines().filter_map(imported) {
        put(imported, false, done, text);
    }
    for line in source.lines().filter(|line| imported(line).is_none()) {
        let line = if exports { line } else { line.strip_prefix("export ").unwrap_or(line) };
        text.push_str(line);
        text.push('\n');
    }
}

/// `name` of `import { … } from './name.js';`.
fn imported(line: &str) -> Option<&str> {
    let (_, from) = line.strip_prefix("import {")?.split_once("} from './")?;
    from.strip_suffix(".js';")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Names that a file declares at its outermost level.
    fn declared(text: &str) -> Vec<&str> {
        let starts = ["const ", "let ", "class ", "function ", "async function "];
        let lines = text.lines().map(|line| line.strip_prefix("export ").unwrap_or(line));
        lines
            .filter_map(|line| starts.iter().find_map(|start| line.strip_prefix(start)))
            .filter_map(|rest| rest.split([' ', '(', ';', '=', '{']).next())
            .collect()
    }

    #[test]
    fn what_is_put_into_one_file_does_not_collide() {
        for name in ["listen-player", "sound", "text", "menu", "session"] {
            let text = module(name);
            let names = declared(&text);
            assert!(!names.is_empty(), "{name}");
            let mut seen = HashSet::new();
            let twice: Vec<_> = names.iter().filter(|name| !seen.insert(**name)).collect();
            assert!(twice.is_empty(), "{name} declares {twice:?} twice");
            assert!(!text.lines().any(|line| line.starts_with("import ")), "{name}: an import that is left");
        }
    }

    #[test]
    fn every_module_is_part_of_a_script_or_only_types() {
        let all: String = ["listen-player", "sound", "text", "menu", "session"].map(module).concat();
        for (name, source) in MODULES.iter().filter(|(name, _)| *name != "types") {
            let line = source.lines().find(|line| line.starts_with("export ")).unwrap_or_default();
            let line = line.trim_start_matches("export ");
            assert!(!line.is_empty() && all.contains(line), "{name} is in no script");
        }
    }

    #[test]
    fn an_import_is_one_line() {
        assert_eq!(imported("import { a, b } from './basics.js';"), Some("basics"));
        for other in ["import('./basics.js')", "/** @typedef {import('./types.js').X} X */", "const a = 1;"] {
            assert_eq!(imported(other), None, "{other}");
        }
    }
}
