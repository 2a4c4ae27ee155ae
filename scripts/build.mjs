// Bundles src/main.ts into dist/: one entry and a chunk per lazily loaded part, so that `--help` loads little.
// The banner gives CommonJS dependencies (ssh2, express) the `require`, `__filename` and `__dirname` they expect.
import { chmodSync, existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
export const bundle = path.join(root, 'dist', 'calico-bgp-exporter.js');

const banner = [
  "import{createRequire as __cr}from'node:module';",
  "import{fileURLToPath as __fp}from'node:url';",
  "import{dirname as __dn}from'node:path';",
  'const require=__cr(import.meta.url),__filename=__fp(import.meta.url),__dirname=__dn(__filename);',
].join('');

/**
 * Leaves out iconv-lite's tables of Asian and old European encodings, half a megabyte that Node.js would read at every
 * start: express' body parser brings them, and a request body here is UTF-8 (others are refused with 415).
 */
const utf8Only = {
  name: 'utf8-only',
  setup(build) {
    const filter = /iconv-lite[\\/]encodings[\\/](dbcs-data|sbcs-data-generated)\.js$/;
    build.onLoad({ filter }, () => ({ contents: 'module.exports = {};' }));
  },
};

/** Newest change below a folder, in milliseconds. */
function newest(folder) {
  let latest = 0;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) latest = Math.max(latest, statSync(path.join(entry.parentPath, entry.name)).mtimeMs);
  }
  return latest;
}

/** True when dist/ is older than the sources, or absent. */
export function isStale() {
  if (!existsSync(bundle)) return true;
  const inputs = [newest(path.join(root, 'src')), statSync(path.join(root, 'package-lock.json')).mtimeMs];
  return Math.max(...inputs) > statSync(bundle).mtimeMs;
}

export async function build() {
  const esbuild = await import('esbuild');
  rmSync(path.join(root, 'dist'), { recursive: true, force: true });
  await esbuild.build({
    absWorkingDir: root,
    entryPoints: { 'calico-bgp-exporter': 'src/main.ts' },
    outdir: 'dist',
    chunkNames: 'chunks/[name]-[hash]',
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    // Names stay as they are, for stack traces and logs: keepNames would set each one anew at every start.
    minifyWhitespace: true,
    minifySyntax: true,
    plugins: [utf8Only],
    legalComments: 'none',
    external: ['cpu-features', '*.node'],
    banner: { js: banner },
    logLevel: 'warning',
  });
  chmodSync(bundle, 0o755);
}

if (process.argv[1] === import.meta.filename) {
  await build();
  console.log(`built ${path.relative(process.cwd(), bundle)}`);
}
