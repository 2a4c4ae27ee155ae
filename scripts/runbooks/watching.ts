// Runbooks of the alerts on what cannot be seen: devices, objects, the exporter itself.
import { ask, explain, type Runbook } from './runbook.ts';

export const watchingRunbooks: Readonly<Record<string, Runbook>> = {
  CalicoBGPDeviceUnreachable: {
    means: 'Nothing can be read from a device. Its routes are **unknown, not missing**.',
    users: 'Perhaps nothing: it may forward without fault. If it is dead, what only it carried is gone.',
    first: [
      [ask('devices?device=DEVICE'), 'what was asked, what came back, in words'],
      [explain('DEVICE'), 'what its neighbours say of it: sessions down on all of them mean that it is dead'],
      ['ping DEVICE; ssh DEVICE', 'from where the exporter runs'],
    ],
    causes: ['unknown-device-unreachable', 'bird-down', 'node-not-ready'],
    also: [
      'SNMP: another community or user, a view that leaves the tables out, an access list.',
      'SSH: a changed host key (compare it, then `calico-bgp-exporter trust`), an expired password, too many sessions.',
    ],
    ends: 'when something can be read again.',
  },
  CalicoBGPReadingFailed: {
    means: 'A device answers, but not for its sessions or not for its routes.',
    users: 'Nothing. What depends on this part is unknown.',
    first: [
      [ask('devices?device=DEVICE'), 'the error in words'],
      [
        'calico-bgp-exporter parse --driver DRIVER --command "COMMAND" FILE',
        'a saved answer, read by the same code',
      ],
      [explain('DEVICE'), 'what its neighbours say of it meanwhile'],
    ],
    also: [
      'A command that the account may not type, or an SNMP view without the table.',
      'An answer in a form that is not known: save it and report it.',
    ],
    ends: 'when this part can be read.',
  },
  CalicoBGPRoutesUnknown: {
    means:
      'A device is read, but some expected prefixes could not be looked for: the answer was cut, too old, or did not come.',
    users: 'Nothing. These prefixes are not audited on this device.',
    first: [
      [ask('routes?device=DEVICE&verdict=unknown'), 'the reason for each'],
      [ask('devices?device=DEVICE'), 'how long readings take, and their age'],
      [explain('PREFIX'), 'one more try for this prefix, now'],
    ],
    also: ['`maxRows` or the timeout is too small for this device.'],
    ends: 'when all of them could be looked for.',
  },
  CalicoBGPDatastoreNeverRead: {
    means:
      'The Kubernetes and Calico objects could not be read once since the exporter started: **nothing is audited**.',
    users: 'Nothing, but no missing route will raise an alert.',
    first: [
      [ask('expected'), 'the error in words'],
      ['calico-bgp-exporter expected --config CONFIG', 'the same from where you are'],
      [
        'kubectl auth can-i list bgppeers.crd.projectcalico.org --as system:serviceaccount:calico-bgp-exporter:calico-bgp-exporter',
        'whether the rights are there',
      ],
    ],
    also: [
      'A missing ClusterRole or binding (docs/datastores.md has it).',
      'The address of the API server or of etcd, or its certificate authority.',
    ],
    ends: 'when the objects have been read.',
  },
  CalicoBGPDatastoreUnreachable: {
    means: 'The objects can no longer be read. The audit goes on with the last ones.',
    users: 'Nothing. New nodes, blocks and peers are not seen.',
    first: [
      [ask('expected'), 'the error in words'],
      ['kubectl get --raw /readyz', 'whether the API server is well'],
      ['kubectl -n calico-bgp-exporter logs deploy/calico-bgp-exporter', 'since when, and what it tries'],
    ],
    ends: 'when the objects are up to date again.',
  },
  CalicoBGPObjectsOutdated: {
    means: 'The objects of one kind cannot be kept up to date: a right is missing, or its watch fails.',
    users: 'Nothing. What depends on this kind may be judged by old objects.',
    first: [
      [ask('expected'), 'which kind, and the rule that is missing'],
      ['kubectl -n calico-bgp-exporter logs deploy/calico-bgp-exporter', 'the error of its watch'],
      ['kubectl describe clusterrole calico-bgp-exporter', 'what it may read'],
    ],
    ends: 'when the kind is up to date.',
  },
  CalicoBGPObjectProblem: {
    means: 'Objects cannot be used as they are; what should be is computed without the parts that are wrong.',
    users: 'Often nothing; or the object is why a route or a session is not there.',
    first: [
      [ask('expected'), 'object, field and problem'],
      ['calico-bgp-exporter expected --config CONFIG', 'the same in a table'],
      ['calicoctl ipam check', 'blocks and affinities that do not agree'],
    ],
    causes: [
      'duplicate-affinity',
      'pending-affinity',
      'stale-affinity',
      'orphan-block',
      'config-not-applied',
    ],
    ends: 'when the objects are right.',
  },
  CalicoBGPExporterDown: {
    means: 'Prometheus cannot scrape the exporter: nobody watches the routes.',
    users: 'Nothing, but no missing route will raise an alert.',
    first: [
      ['kubectl -n calico-bgp-exporter get pods', 'whether it runs'],
      ['kubectl -n calico-bgp-exporter logs deploy/calico-bgp-exporter --previous', 'why it ended'],
      [
        explain('PREFIX'),
        'while nobody watches: asks the devices itself, from any machine that reaches them',
      ],
    ],
    also: [
      'The pod was moved to a node whose own pod route is missing: run it with `hostNetwork`.',
      'Out of memory: see sizing in docs/performance.md.',
      'Its certificate has expired or is not trusted, or Prometheus shows none or a wrong password: `lastError` of its targets says so ([http](../http.md)).',
    ],
    ends: 'when it is scraped again.',
  },
  CalicoBGPExporterAbsent: {
    means: 'Prometheus has no target of this job at all.',
    users: 'Nothing, but no missing route will raise an alert.',
    first: [
      ['kubectl get servicemonitors -A', 'whether the monitor is there and selected'],
      ["curl -s 'PROMETHEUS/api/v1/targets?state=any'", 'what Prometheus sees'],
      ['kubectl -n calico-bgp-exporter get endpointslices', 'whether the Service has an address'],
    ],
    also: [
      'The scrape job has another name: relabel it to `calico-bgp-exporter` or `calico-bgp-exporter@NAME` ([alerts](../alerts.md)).',
    ],
    ends: 'when there is a target.',
  },
  CalicoBGPNotAuditing: {
    means: 'The exporter answers scrapes but has not finished a first audit.',
    users: 'Nothing, but no missing route will raise an alert.',
    first: [
      ['curl -s EXPORTER/-/ready', 'what it waits for'],
      ['kubectl -n calico-bgp-exporter logs deploy/calico-bgp-exporter', 'errors since the start'],
      [ask('devices'), 'which devices were tried'],
    ],
    also: ['The job scrapes agents: they audit nothing and need a job of their own.'],
    ends: 'with the first audit.',
  },
  CalicoBGPAuditStale: {
    means: 'The exporter answers scrapes but has compared nothing for longer than `alerts.auditAge`.',
    users: 'Nothing, but all figures are old.',
    first: [
      [
        'kubectl -n calico-bgp-exporter logs deploy/calico-bgp-exporter',
        'the fault of its own: keep it for a report',
      ],
      ['curl -s EXPORTER/metrics | grep -E "eventloop_lag|audit_"', 'whether it is busy or stuck'],
      ['kubectl -n calico-bgp-exporter rollout restart deploy/calico-bgp-exporter', 'start it anew'],
    ],
    also: ['The clocks of Prometheus and of the exporter differ: the age is the one less the other.'],
    ends: 'with the next audit.',
  },
  CalicoBGPConfigurationRefused: {
    means:
      'The configuration or the web configuration (users, TLS) was changed and cannot be used: the one before it is still in use.',
    users: 'Nothing. A restart would fail now.',
    first: [
      ['calico-bgp-exporter check-config --config CONFIG', 'every mistake with line and column'],
      ['curl -X POST EXPORTER/-/reload', 'the same, as the exporter sees it'],
      ['curl -s EXPORTER/config', 'what is in use, secrets masked'],
    ],
    also: [
      'A certificate was renewed and its key was not, or not yet: the log says what is wrong with the web configuration ("the web configuration cannot be used").',
      'Whether TLS is spoken at all, and `client_auth_type`, change with a restart only.',
    ],
    ends: 'when a configuration was read that can be used.',
  },
  CalicoBGPCertificateExpires: {
    means:
      'A certificate of the chain with which the exporter serves ends within `alerts.certificateExpiry`, or has ended.',
    users:
      'Nothing. From its end on Prometheus cannot scrape the exporter (CalicoBGPExporterDown), and nobody watches the routes.',
    first: [
      [
        'openssl s_client -connect HOST:10179 -showcerts </dev/null | openssl x509 -noout -subject -enddate',
        'the certificate that clients see, and its end',
      ],
      [
        'kubectl -n calico-bgp-exporter get certificate,secret',
        'whether something renews it, and when it last did',
      ],
      [
        'kubectl -n calico-bgp-exporter logs deploy/calico-bgp-exporter',
        '"the web configuration cannot be used": a renewed one was refused',
      ],
    ],
    also: [
      'What renews it has stopped (cert-manager, a timer), or nothing ever did.',
      'It was renewed elsewhere: `cert_file` of the web configuration names another file than the one that is renewed.',
      'An intermediate certificate of the chain ends before the server’s own.',
    ],
    ends: 'when a chain that holds longer is in use. A renewed file is read within five seconds, without a restart.',
  },
};
