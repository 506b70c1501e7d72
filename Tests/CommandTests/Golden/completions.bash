# holdfast completions for bash: source <(holdfast completions bash)
_holdfast() {
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}
    local command=${COMP_WORDS[1]} words=
    case $before in
        --log) return;;
        --topic-prefix) return;;
        --kafka) return;;
        --state) COMPREPLY=($(compgen -d -- "$word")); return;;
        --deployment) return;;
        --instance) return;;
        --threads) return;;
        --policy) COMPREPLY=($(compgen -f -- "$word")); return;;
        --commit-interval) return;;
        --drain-timeout) return;;
        --dedupe-window) return;;
        --partitions) return;;
        --replication) return;;
        --data) COMPREPLY=($(compgen -d -- "$word")); return;;
        --rate) return;;
        --from) return;;
        --partition) return;;
        --max) return;;
        --lot) return;;
        --subject) return;;
        --seed) return;;
        --seeds) return;;
        --minutes) return;;
        --jobs) return;;
        --canary) return;;
        --config|-c) COMPREPLY=($(compgen -f -- "$word")); return;;
        --output|-o) COMPREPLY=($(compgen -W 'human json' -- "$word")); return;;
        --color) COMPREPLY=($(compgen -W 'auto always never' -- "$word")); return;;
    esac
    case $command in
        run) words='--log --topic-prefix --kafka --state --deployment --instance --threads --policy --commit-interval --drain-timeout --dedupe-window --rebuild-state --config --output --color --quiet --verbose --help';;
        demo) words='--log --topic-prefix --kafka --state --deployment --instance --threads --policy --commit-interval --drain-timeout --dedupe-window --partitions --replication --data --config --output --color --quiet --verbose --help';;
        topics) words='check apply --log --topic-prefix --kafka --dedupe-window --partitions --replication --config --output --color --quiet --verbose --help';;
        produce) words='--log --topic-prefix --kafka --rate --config --output --color --quiet --verbose --help';;
        tail) words='mes.execution qms.quality master.data holdfast.signals holdfast.state holdfast.holds holdfast.deviations holdfast.alerts holdfast.changes holdfast.gates holdfast.dead-letters holdfast.audit --log --topic-prefix --kafka --from --partition --max --follow --config --output --color --quiet --verbose --help';;
        holds) words='--log --topic-prefix --kafka --lot --subject --config --output --color --quiet --verbose --help';;
        explain) words='--log --topic-prefix --kafka --config --output --color --quiet --verbose --help';;
        verify) words='--log --topic-prefix --kafka --deployment --dedupe-window --config --output --color --quiet --verbose --help';;
        copy) words='--log --topic-prefix --kafka --config --output --color --quiet --verbose --help';;
        simulate) words='--seed --seeds --minutes --jobs --trace --canary --list-canaries --exhaustive --config --output --color --quiet --verbose --help';;
        config) words='check show --log --topic-prefix --kafka --state --deployment --instance --threads --policy --commit-interval --drain-timeout --dedupe-window --partitions --replication --config --output --color --quiet --verbose --help';;
        completions) words='bash zsh fish --config --output --color --quiet --verbose --help';;
        man) words='--config --output --color --quiet --verbose --help';;
        version) words='--config --output --color --quiet --verbose --help';;
        help) words='run demo topics produce tail holds explain verify copy simulate config completions man version help --config --output --color --quiet --verbose --help';;
    esac
    if ((COMP_CWORD == 1)); then words='run demo topics produce tail holds explain verify copy simulate config completions man version help --help --version'; fi
    COMPREPLY=($(compgen -W "$words" -- "$word"))
    if [[ $command == produce && $word != -* ]]; then
        COMPREPLY=($(compgen -f -- "$word"))
    fi
}
complete -o filenames -F _holdfast holdfast
