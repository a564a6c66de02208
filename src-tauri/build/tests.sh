# shellcheck shell=bash
# The test verb: its runners, what each counted, the seconds of every stage, and the closing line.

COUNTS="$CACHE/counts"

# Keeps what a runner counted. A runner that died without counting a failure is one failure.
count() {
  local stage="$1" passed="$2" failed="$3" status="$4"
  [ "$status" -ne 0 ] && [ "$failed" -eq 0 ] && failed=1
  mkdir -p "$COUNTS"
  echo "$passed $failed" >"$COUNTS/$stage"
  [ "$failed" -eq 0 ]
}

step_vitest() {
  local report="$CACHE/vitest.json" status=0 passed=0 failed=0
  rm -f "$report"
  (cd ui && npx --no-install vitest run --reporter=default --reporter=json --outputFile.json="$report") || status=$?
  if [ -f "$report" ]; then
    read -r passed failed < <(node -e '
      const r = JSON.parse(require("fs").readFileSync(process.argv[1], "utf8"));
      console.log(r.numPassedTests, r.numFailedTests);' "$report")
  fi
  count vitest "$passed" "$failed" "$status"
}

# One call for every test binary of the workspace: unit tests, then what needs the whole program.
step_cargo() {
  local log="$CACHE/cargo-test.log" status=0 passed=0 failed=0
  CARGO_TERM_COLOR=never cargo test "${CARGO_FLAGS[@]}" --bins --tests --no-fail-fast 2>&1 </dev/null | tee "$log" || status=$?
  read -r passed failed < <(sed -nE 's/^test result: .* ([0-9]+) passed; ([0-9]+) failed;.*/\1 \2/p' "$log" |
    awk '{ passed += $1; failed += $2 } END { print passed + 0, failed + 0 }')
  seconds_of_binaries "$log"
  count cargo "$passed" "$failed" "$status"
}

# What each test binary took. Integration tests are all called `it`: they follow their own crate.
seconds_of_binaries() {
  sed -nE -e 's/^ +Running unittests [^ ]+ \(.*\/([a-z_]+)-[0-9a-f]+[^ ]*\)$/crate \1/p' \
    -e 's/^ +Running tests\/.*/tests/p' \
    -e 's/^test result: .* ([0-9]+) passed; ([0-9]+) failed;.* finished in ([0-9.]+)s$/result \1 \2 \3/p' "$1" |
    awk '$1 == "crate" { name = crate = $2 }
      $1 == "tests" { name = crate " (it)" }
      $1 == "result" { printf "%8.1f s  %-28s %4d passed, %d failed\n", $4, name, $2, $3 }'
}

# Runs each step in a shell of its own: a failing runner is counted, a failing set-up ends the run.
verb_test() {
  local step started seconds status failed=0 table=""
  rm -rf "$COUNTS"
  for step in $(steps_of test); do
    started=$SECONDS status=0
    say "$step"
    "$BASH" "$ROOT/build.sh" --step "$step" "$@" </dev/null || status=$?
    seconds=$((SECONDS - started))
    table+="$(printf '%6d s  %s' "$seconds" "$step")"$'\n'
    [ "$status" -eq 0 ] && continue
    failed=1
    [ -f "$COUNTS/$step" ] && continue
    warn "the step '$step' failed; the steps after it need it"
    count "$step" 0 1 1 || break
  done
  close_tests "$failed" "$table"
}

close_tests() {
  local failed="$1" table="$2"
  echo
  printf '%s%6d s  %s\n' "$table" "$SECONDS" "in all"
  cat "$COUNTS"/* 2>/dev/null | awk '{ p += $1; f += $2 } END { printf "%d passed, %d failed\n", p, f }'
  return "$failed"
}
