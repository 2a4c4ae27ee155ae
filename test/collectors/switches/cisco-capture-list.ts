// Which command a shared capture answers (its file or folder is named by it), which files are no answer about sessions or
// routes, and why a few captures do not give what stands beside them.

export interface IndexEntry {
  readonly file: string;
  readonly platform: string;
  readonly role: string;
  readonly kind: string;
}

/** The command behind a capture. */
export function commandOf(file: string): string {
  const parts = file.split('/');
  if (file.includes('genieparser')) {
    const name = parts[parts.indexOf('tests') + 1] ?? '';
    return name
      .replace(/([a-z\d])([A-Z])/g, '$1 $2')
      .toLowerCase()
      .replace(/(advertised|received) routes/, '$1-routes')
      .replace(/ (?:word|updated)$/, '');
  }
  if (file.includes('ntc-templates')) return (parts.at(-2) ?? '').replaceAll('_', ' ');
  return (parts.at(-1) ?? '').replace(/\.(?:txt|raw|text|json)$/, '').replaceAll('_', ' ');
}

/** Other commands' answers, and other tools' files. */
export const leftOut: readonly RegExp[] = [
  /show_(?:ip_)?vrf\.|show_ip_protocols|running_config|___include_|BgpProcess|SummaryNetwork/,
  // The XML API of IOS-XR, asked by a library; a collector's bundle of many devices.
  /_Get__Operational|suzieq/,
];

/** Why a capture does not give what stands beside it. */
const reasons: readonly (readonly [RegExp, string])[] = [
  [/ShowBgpAllDetail.*golden_output2/, 'EVPN routes, whose result is written as prefixes of length 17'],
  [/ShowIpBgpDetail.*golden_output6/, 'two of four paths were cut out of the text'],
  [/ShowIpBgpDetail.*golden_output7/, 'an impossible address, 111.222.333.0'],
  [/ShowIpRouteWord.*golden_output4/, 'a host without a routing table (`Default gateway is`)'],
  [/ShowIpv6Route.*golden_output_2/, 'the text ends before the next hop of its last route'],
  [/arista_eos_show_ip_bgp_detail/, 'a network without its length, which EOS does not print'],
  [/r[34]-418.*neighbors_vrf_all_\|_json\.json/, 'EOS 4.18 knows no JSON for this command, and says so'],
  [/multiple_vrfs_ipv6|neighbors_desc2/, 'the result beside it leaves peers out'],
  [/mocked_data.*vrfs_mdt|mocked_data.*7200_format/, 'an empty file: the device was not asked'],
];

/** The reason why a capture fails; undefined when none is known. */
export function reasonFor(file: string): string | undefined {
  return reasons.find(([pattern]) => pattern.test(file))?.[1];
}
