// The table of commands: name, flags, words and examples of each, and how its module is loaded. Help, docs/cli.md and the
// reading of flags all come from here; a new command is one entry and one file.
import type { Command } from './command.ts';
import { audit, expected, explain, parse } from './commands-asking.ts';
import { config, couldNotRun, listenAddress, logLevel } from './common-flags.ts';

const serve: Command = {
  name: 'serve',
  summary: 'run the exporter: metrics for Prometheus, the API and the page',
  usage: [
    '[--config FILE] [--web.listen-address ADDRESS] [--web.config.file FILE] [--shard INDEX/COUNT] [--log.level LEVEL]',
  ],
  about: [
    'Reads every node and switch of the configuration all the time, compares with what the Kubernetes and Calico objects call for, and serves the result: /metrics, /api/v1, a page at /, and /-/healthy and /-/ready. A scrape asks no device; /probe?target=NAME reads one. SIGHUP and POST /-/reload read the configuration again, SIGTERM and SIGINT end it.',
    'The configuration is what --config names, or CALICO_BGP_EXPORTER_CONFIG, or /etc/calico-bgp-exporter/config.yml. Without any of them it runs the demo fabric.',
  ],
  flags: {
    config,
    'web.listen-address': listenAddress,
    'web.config.file': {
      value: 'FILE',
      help: "TLS, client certificates, users and rate limit, in the format of Prometheus' exporter-toolkit; read again when it changes.",
    },
    shard: {
      value: 'INDEX/COUNT',
      help: 'Ask only this part of the devices: 0/3, 1/3 and 2/3 together ask all (docs/sharding.md).',
      default: '0/1',
    },
    'log.level': logLevel,
  },
  most: 0,
  examples: [
    ['calico-bgp-exporter serve --config config.yml', 'run it'],
    [
      'calico-bgp-exporter serve --config config.yml --shard 0/3',
      'the first of three that share the devices',
    ],
    [
      'calico-bgp-exporter serve --config config.yml --web.config.file web.yml',
      'with TLS and users (docs/http.md)',
    ],
    [
      'calico-bgp-exporter serve --config config.yml --web.listen-address 127.0.0.1:0 --log.level debug',
      'try it on a free port, with every message',
    ],
  ],
  exit: ['0 after it was asked to stop', `2 when ${couldNotRun} or the address is taken`],
  load: () => import('./serve.ts'),
};

const checkConfig: Command = {
  name: 'check-config',
  summary: 'show every mistake of a configuration, with line and column',
  usage: ['--config FILE'],
  about: [
    'Reads the configuration and the files and variables it names, and prints each mistake as file:line:col message. Asks no device.',
  ],
  flags: { config },
  most: 1,
  examples: [['calico-bgp-exporter check-config --config config.yml', 'before it goes live']],
  exit: ['0 no mistake', '2 mistakes, or the file cannot be read'],
  load: () => import('./check-config.ts'),
};

const trust: Command = {
  name: 'trust',
  summary: 'show and record the SSH host keys of switches',
  usage: [
    'HOST… [--known-hosts FILE] [--legacy-algorithms]',
    'HOST… --jump USER@HOST[:PORT] [--jump-key FINGERPRINT] [--jump-identity FILE] [--jump-password-file FILE] [--known-hosts FILE]',
  ],
  about: [
    'Fetches the host keys that each HOST (address, name, HOST:PORT or [IPV6]:PORT) shows, without logging in, and prints their fingerprints. With --known-hosts they are added to a file for ssh.knownHosts of the configuration. Nothing proves that it is the switch that answers: compare the fingerprints with its console.',
    'With --jump the switches are reached through a jump host, as with ssh.jump of the configuration. It is logged in to only when its key is in the --known-hosts file or has a fingerprint given with --jump-key; otherwise its keys are shown and nothing is sent. What --jump-key vouches for is recorded with the keys of the switches.',
  ],
  flags: {
    'known-hosts': {
      value: 'FILE',
      help: 'Add the keys to this file; with --jump also the file that knows the jump host.',
    },
    jump: {
      value: 'USER@HOST[:PORT]',
      help: 'The jump host to go through; several with commas between, the nearest first.',
    },
    'jump-key': {
      value: 'FINGERPRINT',
      multiple: true,
      help: "The jump host's key, SHA256:… as ssh-keygen -l prints it on its console; one for each jump host.",
    },
    'jump-identity': {
      value: 'FILE',
      help: 'Private key for the jump host, without a passphrase; keys of an SSH agent (SSH_AUTH_SOCK) are tried, too.',
    },
    'jump-password-file': { value: 'FILE', help: 'File with the password for the jump host.' },
    'legacy-algorithms': {
      help: 'Also ask with SHA-1 and CBC algorithms, for systems that know nothing newer.',
    },
  },
  most: 1000,
  examples: [
    ['calico-bgp-exporter trust 192.168.250.11 192.168.250.12', 'look first'],
    ['calico-bgp-exporter trust 192.168.250.11 --known-hosts known_hosts', 'then record'],
    [
      'calico-bgp-exporter trust 192.168.250.11 --jump ops@192.168.0.5 --jump-key SHA256:… --known-hosts known_hosts',
      'through a jump host whose fingerprint its console shows',
    ],
  ],
  exit: [
    '0 shown',
    '2 a host cannot be reached, the key of a jump host is not known, or the file cannot be written',
  ],
  load: () => import('./trust.ts'),
};

const agent: Command = {
  name: 'agent',
  summary: 'run on a node: read its BIRD, serve it to the exporter and to Prometheus',
  usage: [
    '--node NAME [--token-file FILE] [--tls-cert-file FILE --tls-key-file FILE [--tls-client-ca-file FILE]]',
    '[--socket PATH] [--socket6 PATH|none] [--web.listen-address ADDRESS]',
  ],
  about: [
    "Reads the control sockets of the node's BIRDs (uid 0 or gid 0 is needed; in a pod mount the directory /var/run/calico, not the socket) and serves the readings to an exporter that has this node under nodes with an agent section; metrics of this one node at /metrics, /-/healthy and /-/ready need no exporter.",
    'Readings go only to who shows the token, a client certificate signed by --tls-client-ca-file, or both where both are given. Without either they go to nobody, unless the agent listens on loopback. Metrics and health are open to everybody who can connect. Files are read again every 30 s.',
  ],
  flags: {
    node: {
      value: 'NAME',
      help: "The node's name, as Kubernetes knows it.",
      default: 'the environment variable NODENAME',
    },
    socket: {
      value: 'PATH',
      help: 'Control socket of BIRD for IPv4, or of BIRD 2.',
      default: '/var/run/calico/bird.ctl, else /var/run/bird/bird.ctl',
    },
    socket6: {
      value: 'PATH',
      help: 'Control socket of BIRD for IPv6; "none" where there is no such daemon. Its absence is a failure, not a node without IPv6.',
      default: '/var/run/calico/bird6.ctl, else /var/run/bird/bird6.ctl',
    },
    interval: { value: 'DURATION', help: 'Time between two readings when no exporter asks.', default: '15s' },
    timeout: { value: 'DURATION', help: 'Most time for one reading.', default: '5s' },
    'token-file': { value: 'FILE', help: 'Holds the token that the exporter must show.' },
    'tls-cert-file': { value: 'FILE', help: 'Certificate to show (PEM); with it HTTPS is spoken.' },
    'tls-key-file': { value: 'FILE', help: 'Key of that certificate (PEM).' },
    'tls-client-ca-file': {
      value: 'FILE',
      help: 'Authority (PEM) that must have signed the certificate of whoever wants readings.',
    },
    'mesh-detail': {
      help: 'Each session of the node-to-node mesh as series of its own, in place of two counts.',
    },
    'web.listen-address': {
      value: 'ADDRESS',
      help: 'Listen here, e.g. 127.0.0.1:10180.',
      default: ':10180',
    },
    'log.level': { ...logLevel, help: 'Least important messages to log.', default: 'info' },
  },
  most: 0,
  examples: [
    [
      'calico-bgp-exporter agent --node node1 --token-file /etc/agent/token --tls-cert-file /etc/agent/tls.crt --tls-key-file /etc/agent/tls.key',
      'in a pod of a DaemonSet',
    ],
    [
      'calico-bgp-exporter agent --node node1 --web.listen-address 127.0.0.1:10180 --log.level debug',
      'try it on a node, with every message',
    ],
  ],
  exit: ['0 it was told to stop', '2 it cannot start'],
  load: () => import('./agent.ts'),
};

const demo: Command = {
  name: 'demo',
  summary: 'run a fabric made of software, with the exporter on it',
  usage: [
    '[--switches SYSTEM] [--web.listen-address ADDRESS] [--log.level LEVEL]',
    'faults [--url URL]',
    'inject FAULT [--url URL]',
    'heal [FAULT|all] [--url URL]',
  ],
  about: [
    'Six Calico nodes in two racks, two leaves and a spine, on loopback alone: they answer real SNMP, SSH and BIRD-socket requests. "faults" lists what can be broken in a running demo, "inject" breaks it, "heal" repairs one fault or all.',
  ],
  flags: {
    switches: {
      value: 'SYSTEM',
      choices: ['mixed', 'frr', 'h3c-comware', 'cisco-nxos'],
      help: 'What the switches are: all three of one system and read by SSH, or mixed (SNMP v2c, SNMP v3 and FRR by SSH).',
      default: 'mixed',
    },
    'web.listen-address': listenAddress,
    'log.level': logLevel,
    url: { value: 'URL', help: 'Where the running demo serves.', default: 'http://127.0.0.1:10179' },
  },
  most: 2,
  examples: [
    ['calico-bgp-exporter demo', 'start it, then open http://127.0.0.1:10179/'],
    ['calico-bgp-exporter demo --switches h3c-comware', 'the same with Comware switches, read by SSH'],
    ['calico-bgp-exporter demo inject withdraw-node3-block', 'in another terminal: lose a route'],
    ['calico-bgp-exporter demo heal', 'make everything well again'],
  ],
  exit: ['0 fine', '2 it cannot start, or no demo answers'],
  load: () => import('./demo.ts'),
};

const completion: Command = {
  name: 'completion',
  summary: 'print the completion script of a shell',
  usage: ['bash|zsh|fish'],
  about: [
    'Commands, flags and their values at the press of Tab. The script is made from the same table as this help.',
  ],
  flags: {},
  most: 1,
  examples: [
    [
      'calico-bgp-exporter completion bash > /etc/bash_completion.d/calico-bgp-exporter',
      'once; or in ~/.bashrc: source <(calico-bgp-exporter completion bash)',
    ],
    [
      'calico-bgp-exporter completion zsh > ~/.zfunc/_calico-bgp-exporter',
      'once, with fpath=(~/.zfunc $fpath) before compinit in ~/.zshrc',
    ],
    [
      'calico-bgp-exporter completion fish > ~/.config/fish/completions/calico-bgp-exporter.fish',
      'once, for fish',
    ],
  ],
  exit: ['0 printed', '2 there is none for that shell'],
  load: () => import('./completion.ts'),
};

export const commands: readonly Command[] = [
  serve,
  audit,
  explain,
  checkConfig,
  expected,
  parse,
  trust,
  agent,
  demo,
  completion,
];
