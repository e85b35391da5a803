#!/usr/bin/env bash
# Runs the built test programs one after the other and closes with one line: "N passed, N failed, N skipped",
# counted from the reports they wrote. Usage: tests/run.sh unit|all|interop
set -uo pipefail
cd "$(dirname "$0")/.."

configuration=${CONFIGURATION:-Release}
reports=artifacts/tests
# A program that hangs is ended, and counts as a failure.
limit=${TEST_PROGRAM_LIMIT:-600}

unit=(Primitives Packets Layer2 Membership Config VipConfig Ipam Placement Routing Runtime Bfd Vrrp BgpNet Nftables Speaker)
whole=(Simulation Fuzz)
network=(ApiServer.Tests Kubernetes.Tests Linux.Tests Vipd.Tests VipForwarding.Tests Lab.Tests VipEndToEnd EndToEnd)

case "${1:-}" in
    unit) programs=("${unit[@]/%/.Tests}" "${whole[@]}") ;;
    all) programs=("${unit[@]/%/.Tests}" "${whole[@]}" "${network[@]}") ;;
    interop) programs=(Interop) ;;
    *) echo "usage: tests/run.sh unit|all|interop" >&2; exit 2 ;;
esac

rm -rf "$reports"
mkdir -p "$reports"
passed=0 failed=0 skipped=0
broken=()

attribute() { # FILE NAME: the sum of an attribute over the report's assemblies
    grep -oE '<assembly [^>]*>' "$1" | grep -oE " $2=\"[0-9]+\"" | grep -oE '[0-9]+' | awk '{ sum += $1 } END { print sum + 0 }'
}

for program in "${programs[@]}"; do
    report=$reports/$program.xml
    echo "== $program"
    timeout --kill-after=20 "$limit" "tests/$program/bin/$configuration/net10.0/LoadBalancer.$program" -noColor -xml "$report" >"$reports/$program.log" 2>&1
    status=$?
    if [ ! -s "$report" ]; then
        echo "   ended with status $status and left no report; its last lines:"
        tail -n 40 "$reports/$program.log" | sed 's/^/   /'
        failed=$((failed + 1))
        broken+=("$program: ended with status $status without a report")
        continue
    fi

    this_failed=$(($(attribute "$report" failed) + $(attribute "$report" errors)))
    this_skipped=$(attribute "$report" skipped)
    this_passed=$(attribute "$report" passed)
    while IFS= read -r name; do
        broken+=("$name")
    done < <(grep -oE '<test [^>]*result="Fail"' "$report" | grep -oE ' name="[^"]*"' | sed -E 's/ name="(.*)"/\1/')
    if [ "$status" -ne 0 ] && [ "$this_failed" -eq 0 ]; then
        this_failed=1
        broken+=("$program: ended with status $status")
    fi
    if [ "$this_failed" -gt 0 ]; then
        grep -vE '^(xUnit|  (Discover|Start|Finish))' "$reports/$program.log" | tail -n 120 | sed 's/^/   /'
    fi

    # A skip is a failure unless it stands in the list, by name, with its reason.
    while IFS= read -r name; do
        if reason=$(grep -F "$name: " tests/known-skips.txt); then
            echo "   skipped: $reason"
        else
            echo "   skipped without standing in tests/known-skips.txt: $name"
            broken+=("$name: skipped without a reason")
            this_failed=$((this_failed + 1))
            this_skipped=$((this_skipped - 1))
        fi
    done < <(grep -oE '<test [^>]*result="Skip"' "$report" | grep -oE ' name="[^"]*"' | sed -E 's/ name="([^"(]*).*/\1/')

    echo "   $this_passed passed, $this_failed failed, $this_skipped skipped"
    passed=$((passed + this_passed)) failed=$((failed + this_failed)) skipped=$((skipped + this_skipped))
done

# Where only the end of a log is at hand, it still says what to look at.
[ "${#broken[@]}" -gt 0 ] && printf 'failed: %s\n' "${broken[@]}"
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
