// Answers to look at: everything that Markdown of a model can hold.
export const RICH = `A heat pump moves warmth instead of making it. In **one sentence**: it is a refrigerator turned round, see [how it works](https://en.wikipedia.org/wiki/Heat_pump?utm=1).

## The four steps

1. The **evaporator** takes warmth from the air outside, even at −5 °C.
2. The compressor presses the gas together, which makes it \`hot\`.
3. The condenser gives the warmth to the water of the house:
   - floor heating wants about 35 °C
   - old radiators want *55 °C or more*
4. A valve lets the pressure go, and it starts again.

| Source | Cost | Power factor | Noise |
|:--|--:|--:|:-:|
| Air | 12 000 € | 3.1 | some |
| Ground | 24 000 € | 4.4 | none |
| Water | 28 000 € | 5.0 | none |

\`\`\`python
def power_factor(heat: float, work: float) -> float:
    """Heat given for each unit of work."""
    if work <= 0:  # a broken meter
        raise ValueError("work must be positive")
    return round(heat / work, 2)

print(power_factor(12.4, 4))  # 3.1
\`\`\`

> The best kilowatt hour is the one you do not need.

- [x] Measure the rooms
- [ ] Ask for three offers
- [ ] Look up the grant

---

### What to look out for

Price differs by region. ~~Old rule of thumb: 1 kW per 10 m².~~ Better have it computed. ![Diagram of the circuit](https://images.example.com/circuit.png)`;

export const CODE = `Here it is in Rust, with a test:

\`\`\`rust
/// Files with the same content, by hash.
pub fn duplicates(root: &Path) -> io::Result<HashMap<[u8; 32], Vec<PathBuf>>> {
    let mut seen = HashMap::new();
    for entry in WalkDir::new(root).into_iter().filter_map(Result::ok) {
        if entry.file_type().is_file() {
            let hash = Sha256::digest(fs::read(entry.path())?).into();
            seen.entry(hash).or_insert_with(Vec::new).push(entry.into_path());
        }
    }
    seen.retain(|_, files: &mut Vec<PathBuf>| files.len() > 1);
    Ok(seen)
}
\`\`\`

and as a command: \`find . -type f -exec sha256sum {} + | sort\`.

\`\`\`sh
cargo run --release -- ~/Documents --format json --a-very-long-argument-that-goes-on "and on and on" | tee out.json
\`\`\``;

export const ATTACK = `Raw <b onclick="alert(1)">HTML</b> stays text. <script>alert(1)</script>

[click me](javascript:alert(1)) and [a look-alike](https://аpple.com/login) and [with user](https://google.com@evil.example/x).

Code that hides: \`if (admin\u202e // \u2066) {}\``;

export const RTL = `مرحبا! هذه قائمة **مهمة**:

- العنصر الأول مع \`code\`
- العنصر الثاني

شكرا جزيلا على القراءة.`;
