//! Conversations to look at, as a file that `hearth import` takes: code, a table, formulas, a long
//! title, Arabic, a folder, one that is pinned.

use std::{fs, time::SystemTime};

use serde_json::{Value, json};

use super::Home;

/// The title of the conversation with a table and formulas.
pub(crate) const TABLE: &str = "How fast does a pendulum swing?";
/// The title of the conversation with code.
pub(crate) const CODE: &str = "Sort words by how often they occur";

const FOLDER: &str = "01900000-0000-7000-8000-000000000900";
const HOUR: u64 = 3_600_000;

const CODE_ANSWER: &str = r#"Count with a `Counter`, then sort by the count and, where it is equal, by the word:

```python
from collections import Counter

def by_frequency(text: str) -> list[tuple[str, int]]:
    """The words of a text, the most frequent first."""
    counts = Counter(text.lower().split())
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))

print(by_frequency("the sea and the sky and the sand"))
# [('the', 3), ('and', 2), ('sand', 1), ('sea', 1), ('sky', 1)]
```

Three things to know:

1. `split()` without an argument takes **any** white space.
2. A *negative* count turns the order around.
3. For long files, [read line by line](https://docs.python.org/3/library/collections.html).

- [x] works for an empty text
- [ ] leaves out punctuation

> Simple is better than complex.
"#;

const TABLE_ANSWER: &str = r"For small angles the period depends on the length alone:

$$T = 2\pi\sqrt{\frac{L}{g}}$$

With $g \approx 9.81\,\mathrm{m/s^2}$:

| Length | Period | Swings in a minute | Seen in |
| ---: | ---: | ---: | :--- |
| 0.25 m | 1.00 s | 59.8 | a mantel clock |
| 0.99 m | 2.00 s | 30.1 | a grandfather clock |
| 9.00 m | 6.02 s | 10.0 | a stairwell |
| 67.0 m | 16.4 s | 3.7 | the Panthéon in Paris |

The sum over many swings gives the mean, $\bar{T} = \frac{1}{n}\sum_{i=1}^{n} T_i$.[^1]

[^1]: At 30 degrees the period is 1.7 % longer.
";

/// Takes the samples in.
pub(crate) fn take_in(home: &Home) {
    let file = home.root().join("tmp/samples.json");
    fs::write(&file, samples().to_string()).unwrap();
    let report = home.json(&["import", "--json", file.to_str().unwrap()]);
    assert_eq!(report["conversations"], json!(8), "{report}");
}

/// The file.
pub(crate) fn samples() -> Value {
    let conversations = [
        (CODE, CODE_ANSWER, 0),
        (TABLE, TABLE_ANSWER, 1),
        ("رسالة شكر إلى الجيران", "أهلًا! هذه مسودة قصيرة يمكنك تعديلها كما تشاء.", 2),
        ("A packing list for four days in the mountains in late October", "Take wool.", 26),
        ("Names for a sailing boat", "Windward, Petrel, Halcyon.", 30),
        ("What to plant in the shade", "Ferns, hostas and foxgloves.", 80),
        ("Notes on the quarterly report", "Sales rose by 4 %.", 200),
        ("A toast for Mira’s birthday", "To forty more.", 900),
    ];
    let now = SystemTime::UNIX_EPOCH.elapsed().unwrap().as_millis();
    let now = u64::try_from(now).expect("the clock is right");
    let list = conversations.iter().zip(1..).map(|((title, answer, hours), number)| {
        conversation(number, title, answer, now.saturating_sub(hours * HOUR))
    });
    json!({
        "format": "hearth", "version": 1, "exported": now,
        "folders": [{"id": FOLDER, "name": "Garden", "created": now}],
        "conversations": list.collect::<Vec<_>>(),
    })
}

fn conversation(number: u32, title: &str, answer: &str, when: u64) -> Value {
    let id = |part: u32| format!("01900000-0000-7000-8000-{:012}", number * 10 + part);
    let message = |part: u32, parent: Option<u32>, role: &str, content: &str| {
        let mut message = json!({
            "id": id(part), "parent": parent.map(id), "role": role, "content": content,
            "attachments": [], "reasoning": "", "status": "complete", "finish": null,
            "model": null, "usage": null, "timing": null, "created": when,
        });
        if role == "assistant" {
            message["model"] = json!("SmolLM2 135M Instruct");
            message["finish"] = json!("stop");
            message["usage"] =
                json!({"prompt_tokens": 31, "cached_tokens": 8, "completion_tokens": 212});
        }
        message
    };
    json!({
        "id": id(0), "title": title, "pinned": number == 5, "archived": false,
        "folder": (number == 6).then_some(FOLDER), "persona": null, "instructions": null,
        "model": null, "sampling": {}, "head": id(2), "created": when, "updated": when,
        "messages": [message(1, None, "user", title), message(2, Some(1), "assistant", answer)],
    })
}
