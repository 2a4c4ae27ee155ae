// What each check looks for, in words.
import type { CheckId } from '../finding.ts';
import type { CheckEntry } from './entry.ts';

export const checkTexts = {
  'device-unreachable': {
    title: 'A device cannot be read',
    severity: 'warning',
    meaning:
      'Sessions or routes of a device could not be read, or not lately. What is on it is unknown, not missing.',
    sentence: '{device} {what}, so its state is unknown, not faulty: {why}',
    users: 'Perhaps nothing: the device may forward all the same.',
    advice:
      'The sentence has the error of the source: address, credentials, rights, or a device that is down.',
  },
  'route-missing': {
    title: 'An expected route is missing',
    severity: 'critical',
    meaning:
      'A switch should carry a prefix of the cluster and does not, or only by a default route, a shorter prefix, or a route that is kept for a peer that is away.',
    sentence: '{prefix} ({role}) is missing on {device}: {why}',
    users:
      'Connections to these pods or services through this device time out, although nodes and pods look healthy.',
    advice:
      'Go by the cause: it names the first layer, on the way from the objects to the device, at which the prefix is gone.',
  },
  'route-next-hop': {
    title: 'A route leads to the wrong place',
    severity: 'warning',
    meaning:
      'The prefix is there, but its next hops are not those that lead to its owners, or fewer than there are owners.',
    sentence: '{prefix} ({role}) on {device}: {why}',
    users: 'Traffic takes a detour or is lost, or one node gets the load of all.',
    advice:
      'Compare the next hops with the owners of the prefix; a source that shows one next hop of several is not judged.',
  },
  'route-withheld': {
    title: 'Policy keeps a prefix from the fabric',
    severity: 'info',
    meaning:
      'A BGPFilter rejects a prefix that the nodes would announce, towards every peer outside of the cluster.',
    sentence: '{prefix} of {node} does not reach the fabric: {why}',
    users: 'These pods or services can be reached from within the cluster only.',
    advice:
      'If it is meant, say so with expected.rules (carry: false), and the finding is gone; else change the rule.',
  },
  'route-unannounced': {
    title: 'One of several owners does not announce a prefix',
    severity: 'warning',
    meaning:
      'A prefix that several nodes must announce, such as a service range, is not announced by one of them. No switch misses it, since the others do.',
    sentence: '{prefix} ({role}) is not announced by {device}, one of its {count} owners: {why}',
    users: 'Nothing at first: the node gets no traffic of these services, and the others get its share.',
    advice:
      'Compare the node with one that announces it: static routes in bird_aggr.cfg, filters in bird_ipam.cfg.',
  },
  'session-down': {
    title: 'A session is down',
    severity: 'critical',
    meaning:
      'A session that is configured is not established. Both ends are joined: the finding names the end that complains, and what it says.',
    sentence: 'BGP session between {a} and {b} is down: {why}',
    users:
      'Nothing while another session carries the same routes; what only this session carried is missing.',
    advice: 'Begin at the end that complains.',
  },
  'session-missing': {
    title: 'A session is not configured',
    severity: 'critical',
    meaning: "Calico's objects call for a session that one end, or both, does not have at all.",
    sentence: '{device} has no BGP session with {peer}; it should, since {because}',
    users:
      'Nothing while another session carries the same routes; what only this session would carry is missing.',
    advice: 'On a node: confd has not applied the BGPPeer. On a switch: nobody has configured the neighbour.',
  },
  'route-unexpected': {
    title: "A route inside the cluster's ranges that should not be there",
    severity: 'critical',
    meaning:
      "A device carries or announces a prefix inside the pod or service ranges that nobody owns, or that is somebody else's.",
    sentence: '{device} carries {prefix}, {why}',
    users: 'A more specific or second route takes traffic away from the rightful owner.',
    advice: 'Find the announcer: the finding at the node or switch that has it from nobody.',
  },
  'session-unexpected': {
    title: 'A session that nothing calls for',
    severity: 'warning',
    meaning:
      'A node or switch has a session between the fabric and the cluster that no Calico object calls for, or one that is set up otherwise: under another AS number, or with another side as route-reflector client.',
    sentence: '{device} has a BGP session with {peer} ({state}) that no Calico object calls for',
    users: 'Usually nothing; routes over it may be wrong.',
    advice:
      'One that nothing calls for: remove it, or write the BGPPeer that it stands for. One that is set up otherwise: bring both sides to what the objects say.',
  },
  'object-invalid': {
    title: 'Something is wrong with the objects',
    severity: 'critical',
    meaning: 'A Kubernetes or Calico object cannot be read, contradicts another, or is ignored by Calico.',
    sentence: '{object}: {why}',
    users: 'What the object was meant for does not happen.',
    advice: 'The sentence names object and field.',
  },
} as const satisfies Record<CheckId, CheckEntry>;
