#!/bin/bash
# Every planted bug must be found within 300 seeds: canaries.sh COMMAND
set -euo pipefail
command=$1
"$command" simulate --list-canaries | cut -f1 | while read -r name; do
	said=$("$command" simulate --seeds 300 --jobs "$(nproc)" --canary "$name" 2>&1 </dev/null || true)
	found=$(grep -oE 'seed [0-9]+: a promise was broken|trapped in seed [0-9]+' <<<"$said" || true)
	if [ -z "$found" ]; then
		echo "canary $name: lived through 300 seeds" >&2
		exit 1
	fi
	echo "canary $name: found by $(grep -oE 'seed [0-9]+' <<<"$found" | head -1)"
done
