// A configuration as the auditor's pod meets it: with the files of its ConfigMaps and Secrets in place.
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadConfig } from '../../src/config/load.ts';
import { authority } from '../collectors/nodes/agent-server.ts';

/** A folder that holds what the pods have mounted below /etc/calico-bgp-exporter. */
function mounted(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'deploy-'));
  const files = {
    'credentials/ssh-key': generateKeyPairSync('ec', {
      namedCurve: 'P-256',
      privateKeyEncoding: { type: 'sec1', format: 'pem' },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    }).privateKey,
    'known-hosts/known_hosts': '',
    'agent/token': 'token',
  };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.join(folder, path.dirname(name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
  renameSync(authority(folder, 'ca').caFile, path.join(folder, 'agent/ca.crt'));
  return folder;
}

/** Loads the text of a config.yml. Throws what the exporter would refuse it with. */
export async function loadMounted(text: string) {
  const file = path.join(mounted(), 'config.yml');
  writeFileSync(file, text.replaceAll('/etc/calico-bgp-exporter', path.dirname(file)));
  return loadConfig(file, {});
}
