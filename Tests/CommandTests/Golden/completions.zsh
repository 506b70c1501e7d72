#compdef holdfast
# holdfast completions for zsh: put this file into your fpath
_holdfast() {
    local -a commands; commands=(
        'run:Run the worker'
        'demo:Show a shift of plant data going through'
        'topics:Compare the topics with their contract, or make them'
        'produce:Write records from a file of JSON lines'
        'tail:Print the records of a topic'
        'holds:Print what is held now, since when and why'
        'explain:Print the story of an event, hold, deviation or alert'
        'verify:Prove from the log that every output is what it must be'
        'copy:Copy the log into a new embedded log'
        'simulate:Try the worker against a million bad days'
        'config:Check the settings, or print where each came from'
        'completions:Print completions for a shell'
        'man:Print the manual page (roff)'
        'version:Print the version'
        'help:Print help on a subcommand'
    )
    if ((CURRENT == 2)); then _describe command commands; return; fi
    case ${words[2]} in
        run) _arguments '--help[This text]' \
            '--log[The log\: local\:DIR (embedded, one machine) or kafka\://host\:port,...]:URL:' \
            '--topic-prefix[Stands before every topic'\''s name, e.g. '\''plant7.'\'']:TEXT:' \
            '*--kafka[A property of librdkafka; may be given again and again]:KEY=VALUE:' \
            '--state[Directory of the tasks'\'' files; can be rebuilt from the log]:DIR:_files -/' \
            '--deployment[Names the consumer group (holdfast.NAME) and the source of events]:NAME:' \
            '--instance[Name of this worker (the pod'\''s); gives static membership]:NAME:' \
            '--threads[Stream threads; more than partitions are idle]:N:' \
            '--policy[Policy file; without it the built-in policy holds]:FILE:_files' \
            '--commit-interval[A batch commits so long after its first record; holds commit at once]:DURATION:' \
            '--drain-timeout[After SIGTERM everything is committed and left within this time]:DURATION:' \
            '--dedupe-window[How long an event'\''s id is remembered; whole hours]:DURATION:' \
            '--rebuild-state[Set foreign or newer state files aside and rebuild from the log]' \
            '--config[Settings file (default\: ./holdfast.yaml when it is there)]:FILE:_files' \
            '--output[For people, or one JSON value a line]:choice:(human json)' \
            '--color[Colours\: auto means on a terminal, unless NO_COLOR is set]:choice:(auto always never)' \
            '--quiet[Results and errors only]' \
            '--verbose[Say more about what is done]';;
        demo) _arguments '--help[This text]' \
            '--log[The log\: local\:DIR (embedded, one machine) or kafka\://host\:port,...]:URL:' \
            '--topic-prefix[Stands before every topic'\''s name, e.g. '\''plant7.'\'']:TEXT:' \
            '*--kafka[A property of librdkafka; may be given again and again]:KEY=VALUE:' \
            '--state[Directory of the tasks'\'' files; can be rebuilt from the log]:DIR:_files -/' \
            '--deployment[Names the consumer group (holdfast.NAME) and the source of events]:NAME:' \
            '--instance[Name of this worker (the pod'\''s); gives static membership]:NAME:' \
            '--threads[Stream threads; more than partitions are idle]:N:' \
            '--policy[Policy file; without it the built-in policy holds]:FILE:_files' \
            '--commit-interval[A batch commits so long after its first record; holds commit at once]:DURATION:' \
            '--drain-timeout[After SIGTERM everything is committed and left within this time]:DURATION:' \
            '--dedupe-window[How long an event'\''s id is remembered; whole hours]:DURATION:' \
            '--partitions[Partitions of the topics that are made (default\: topics/*.yaml)]:N:' \
            '--replication[Replicas of the topics that are made (default\: topics/*.yaml)]:N:' \
            '--data[Directory of event logs for the demo; without it, what is found or a sample]:DIR:_files -/' \
            '--config[Settings file (default\: ./holdfast.yaml when it is there)]:FILE:_files' \
            '--output[For people, or one JSON value a line]:choice:(human json)' \
            '--color[Colours\: auto means on a terminal, unless NO_COLOR is set]:choice:(auto always never)' \
            '--quiet[Results and errors only]' \
            '--verbose[Say more about what is done]';;
        topics) _arguments '--help[This text]' \
            '--log[The log\: local\:DIR (embedded, one machine) or kafka\://host\:port,...]:URL:' \
            '--topic-prefix[Stands before every topic'\''s name, e.g. '\''plant7.'\'']:TEXT:' \
            '*--kafka[A property of librdkafka; may be given again and again]:KEY=VALUE:' \
            '--dedupe-window[How long an event'\''s id is remembered; whole hours]:DURATION:' \
            '--partitions[Partitions of the topics that are made (default\: topics/*.yaml)]:N:' \
            '--replication[Replicas of the topics that are made (default\: topics/*.yaml)]:N:' \
            '--config[Settings file (default\: ./holdfast.yaml when it is there)]:FILE:_files' \
            '--output[For people, or one JSON value a line]:choice:(human json)' \
            '--color[Colours\: auto means on a terminal, unless NO_COLOR is set]:choice:(auto always never)' \
            '--quiet[Results and errors only]' \
            '--verbose[Say more about what is done]' \
            '2:check|apply:(check apply)';;
        produce) _arguments '--help[This text]' \
            '--log[The log\: local\:DIR (embedded, one machine) or kafka\://host\:port,...]:URL:' \
            '--topic-prefix[Stands before every topic'\''s name, e.g. '\''plant7.'\'']:TEXT:' \
            '*--kafka[A property of librdkafka; may be given again and again]:KEY=VALUE:' \
            '--rate[Write at most so many records a second]:N:' \
            '--config[Settings file (default\: ./holdfast.yaml when it is there)]:FILE:_files' \
            '--output[For people, or one JSON value a line]:choice:(human json)' \
            '--color[Colours\: auto means on a terminal, unless NO_COLOR is set]:choice:(auto always never)' \
            '--quiet[Results and errors only]' \
            '--verbose[Say more about what is done]' \
            '2:file:_files';;
        tail) _arguments '--help[This text]' \
            '--log[The log\: local\:DIR (embedded, one machine) or kafka\://host\:port,...]:URL:' \
            '--topic-prefix[Stands before every topic'\''s name, e.g. '\''plant7.'\'']:TEXT:' \
            '*--kafka[A property of librdkafka; may be given again and again]:KEY=VALUE:' \
            '--from[beginning, end, an offset, a time (RFC 3339) or an age (15m, 2h)]:WHERE:' \
            '--partition[Only this partition]:N:' \
            '--max[Stop after so many records]:N:' \
            '--follow[Wait for more at the end; stop with Ctrl-C]' \
            '--config[Settings file (default\: ./holdfast.yaml when it is there)]:FILE:_files' \
            '--output[For people, or one JSON value a line]:choice:(human json)' \
            '--color[Colours\: auto means on a terminal, unless NO_COLOR is set]:choice:(auto always never)' \
            '--quiet[Results and errors only]' \
            '--verbose[Say more about what is done]' \
            '2:topic:(mes.execution qms.quality master.data holdfast.signals holdfast.state holdfast.holds holdfast.deviations holdfast.alerts holdfast.changes holdfast.gates holdfast.dead-letters holdfast.audit)';;
        holds) _arguments '--help[This text]' \
            '--log[The log\: local\:DIR (embedded, one machine) or kafka\://host\:port,...]:URL:' \
            '--topic-prefix[Stands before every topic'\''s name, e.g. '\''plant7.'\'']:TEXT:' \
            '*--kafka[A property of librdkafka; may be given again and again]:KEY=VALUE:' \
            '--lot[Only holds on this lot]:ID:' \
            '--subject[Only holds on TYPE/ID, e.g. equipment/PRESS-1]:TYPE/ID:' \
            '--config[Settings file (default\: ./holdfast.yaml when it is there)]:FILE:_files' \
            '--output[For people, or one JSON value a line]:choice:(human json)' \
            '--color[Colours\: auto means on a terminal, unless NO_COLOR is set]:choice:(auto always never)' \
            '--quiet[Results and errors only]' \
            '--verbose[Say more about what is done]';;
        explain) _arguments '--help[This text]' \
            '--log[The log\: local\:DIR (embedded, one machine) or kafka\://host\:port,...]:URL:' \
            '--topic-prefix[Stands before every topic'\''s name, e.g. '\''plant7.'\'']:TEXT:' \
            '*--kafka[A property of librdkafka; may be given again and again]:KEY=VALUE:' \
            '--config[Settings file (default\: ./holdfast.yaml when it is there)]:FILE:_files' \
            '--output[For people, or one JSON value a line]:choice:(human json)' \
            '--color[Colours\: auto means on a terminal, unless NO_COLOR is set]:choice:(auto always never)' \
            '--quiet[Results and errors only]' \
            '--verbose[Say more about what is done]' \
            '2:id:()';;
        verify) _arguments '--help[This text]' \
            '--log[The log\: local\:DIR (embedded, one machine) or kafka\://host\:port,...]:URL:' \
            '--topic-prefix[Stands before every topic'\''s name, e.g. '\''plant7.'\'']:TEXT:' \
            '*--kafka[A property of librdkafka; may be given again and again]:KEY=VALUE:' \
            '--deployment[Names the consumer group (holdfast.NAME) and the source of events]:NAME:' \
            '--dedupe-window[How long an event'\''s id is remembered; whole hours]:DURATION:' \
            '--config[Settings file (default\: ./holdfast.yaml when it is there)]:FILE:_files' \
            '--output[For people, or one JSON value a line]:choice:(human json)' \
            '--color[Colours\: auto means on a terminal, unless NO_COLOR is set]:choice:(auto always never)' \
            '--quiet[Results and errors only]' \
            '--verbose[Say more about what is done]';;
        copy) _arguments '--help[This text]' \
            '--log[The log\: local\:DIR (embedded, one machine) or kafka\://host\:port,...]:URL:' \
            '--topic-prefix[Stands before every topic'\''s name, e.g. '\''plant7.'\'']:TEXT:' \
            '*--kafka[A property of librdkafka; may be given again and again]:KEY=VALUE:' \
            '--config[Settings file (default\: ./holdfast.yaml when it is there)]:FILE:_files' \
            '--output[For people, or one JSON value a line]:choice:(human json)' \
            '--color[Colours\: auto means on a terminal, unless NO_COLOR is set]:choice:(auto always never)' \
            '--quiet[Results and errors only]' \
            '--verbose[Say more about what is done]' \
            '2:dir:()';;
        simulate) _arguments '--help[This text]' \
            '--seed[The first seed; without --seeds and --minutes, the only one]:N:' \
            '--seeds[Run so many seeds]:N:' \
            '--minutes[Run seeds for so long]:N:' \
            '--jobs[Threads that run seeds]:N:' \
            '--trace[Say step by step what happens]' \
            '--canary[Plant this bug; the seeds must find it]:NAME:' \
            '--list-canaries[Print the bugs that can be planted]' \
            '--exhaustive[Run every small case instead of seeds]' \
            '--config[Settings file (default\: ./holdfast.yaml when it is there)]:FILE:_files' \
            '--output[For people, or one JSON value a line]:choice:(human json)' \
            '--color[Colours\: auto means on a terminal, unless NO_COLOR is set]:choice:(auto always never)' \
            '--quiet[Results and errors only]' \
            '--verbose[Say more about what is done]';;
        config) _arguments '--help[This text]' \
            '--log[The log\: local\:DIR (embedded, one machine) or kafka\://host\:port,...]:URL:' \
            '--topic-prefix[Stands before every topic'\''s name, e.g. '\''plant7.'\'']:TEXT:' \
            '*--kafka[A property of librdkafka; may be given again and again]:KEY=VALUE:' \
            '--state[Directory of the tasks'\'' files; can be rebuilt from the log]:DIR:_files -/' \
            '--deployment[Names the consumer group (holdfast.NAME) and the source of events]:NAME:' \
            '--instance[Name of this worker (the pod'\''s); gives static membership]:NAME:' \
            '--threads[Stream threads; more than partitions are idle]:N:' \
            '--policy[Policy file; without it the built-in policy holds]:FILE:_files' \
            '--commit-interval[A batch commits so long after its first record; holds commit at once]:DURATION:' \
            '--drain-timeout[After SIGTERM everything is committed and left within this time]:DURATION:' \
            '--dedupe-window[How long an event'\''s id is remembered; whole hours]:DURATION:' \
            '--partitions[Partitions of the topics that are made (default\: topics/*.yaml)]:N:' \
            '--replication[Replicas of the topics that are made (default\: topics/*.yaml)]:N:' \
            '--config[Settings file (default\: ./holdfast.yaml when it is there)]:FILE:_files' \
            '--output[For people, or one JSON value a line]:choice:(human json)' \
            '--color[Colours\: auto means on a terminal, unless NO_COLOR is set]:choice:(auto always never)' \
            '--quiet[Results and errors only]' \
            '--verbose[Say more about what is done]' \
            '2:check|show:(check show)';;
        completions) _arguments '--help[This text]' \
            '--config[Settings file (default\: ./holdfast.yaml when it is there)]:FILE:_files' \
            '--output[For people, or one JSON value a line]:choice:(human json)' \
            '--color[Colours\: auto means on a terminal, unless NO_COLOR is set]:choice:(auto always never)' \
            '--quiet[Results and errors only]' \
            '--verbose[Say more about what is done]' \
            '2:shell:(bash zsh fish)';;
        man) _arguments '--help[This text]' \
            '--config[Settings file (default\: ./holdfast.yaml when it is there)]:FILE:_files' \
            '--output[For people, or one JSON value a line]:choice:(human json)' \
            '--color[Colours\: auto means on a terminal, unless NO_COLOR is set]:choice:(auto always never)' \
            '--quiet[Results and errors only]' \
            '--verbose[Say more about what is done]';;
        version) _arguments '--help[This text]' \
            '--config[Settings file (default\: ./holdfast.yaml when it is there)]:FILE:_files' \
            '--output[For people, or one JSON value a line]:choice:(human json)' \
            '--color[Colours\: auto means on a terminal, unless NO_COLOR is set]:choice:(auto always never)' \
            '--quiet[Results and errors only]' \
            '--verbose[Say more about what is done]';;
        help) _arguments '--help[This text]' \
            '--config[Settings file (default\: ./holdfast.yaml when it is there)]:FILE:_files' \
            '--output[For people, or one JSON value a line]:choice:(human json)' \
            '--color[Colours\: auto means on a terminal, unless NO_COLOR is set]:choice:(auto always never)' \
            '--quiet[Results and errors only]' \
            '--verbose[Say more about what is done]' \
            '2:command:(run demo topics produce tail holds explain verify copy simulate config completions man version help)';;
    esac
}
_holdfast "$@"
