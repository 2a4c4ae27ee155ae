// The version of this program, from package.json, as `--version`, the metric calico_bgp_build_info and the log tell it.
import manifest from '../../package.json' with { type: 'json' };

export const version: string = manifest.version;
