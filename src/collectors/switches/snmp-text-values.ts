// Values in saved SNMP answers: the output of `snmpwalk -On` or `-One` (net-snmp's snmpcmd(1)) and .snmprec records
// (`OID|tag|value`, snmpsim's format; tags are BER tags, an x behind one means hexadecimal): one value from its text.
// Bytes that are no UTF-8 do not survive in such files unless they are written as hexadecimal.
import { parseOid, type SnmpValue, snmpValue } from '../../transport/snmp-value.ts';
import { dottedOid } from './snmp-text-names.ts';

const integer = 2;
const octetString = 4;
const nothing = 5;
const objectId = 6;
const ipAddress = 64;

function octetsFromHex(text: string): Uint8Array | undefined {
  const digits = text.replace(/[\s:]/g, '');
  return /^([0-9a-f]{2})*$/i.test(digits) ? Uint8Array.from(Buffer.from(digits, 'hex')) : undefined;
}

function octetsFromText(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, 'utf8'));
}

function address(octets: Uint8Array | undefined): SnmpValue | undefined {
  return octets?.length === 4 ? snmpValue(ipAddress, octets.join('.')) : undefined;
}

/** The value of one .snmprec record; undefined when it cannot be read. */
export function recordValue(tag: string, text: string): SnmpValue | undefined {
  const match = /^(\d{1,3})(x?)$/.exec(tag);
  if (!match) return undefined;
  const number = Number(match[1]);
  const hex = match[2] === 'x' ? octetsFromHex(text) : undefined;
  if (match[2] === 'x' && !hex) return undefined;
  switch (number) {
    case integer:
    case 65:
    case 66:
    case 67:
    case 70:
      return /^\s*-?\d{1,20}\s*$/.test(text) ? snmpValue(number, Number(text)) : undefined;
    case octetString:
    case 68:
      return snmpValue(octetString, hex ?? octetsFromText(text));
    case nothing:
      return snmpValue(nothing, null);
    case objectId:
      return parseOid(text) && snmpValue(objectId, text);
    case ipAddress:
      if (hex) return address(hex);
      return /^(\d{1,3}\.){3}\d{1,3}$/.test(text) ? snmpValue(ipAddress, text) : undefined;
    default:
      return undefined;
  }
}

const unquoted = (text: string) => text.slice(1, -1).replace(/\\(["\\])/g, '$1');

// With MIB files loaded an enumeration prints as `established(6)`, a number with a unit as `5 seconds`.
function wholeNumber(text: string): SnmpValue | undefined {
  const match = /^(-?\d+)(?: |$)|\((-?\d+)\)$/.exec(text);
  return match ? snmpValue(integer, Number(match[1] ?? match[2])) : undefined;
}

// Names that snmpwalk prints before a value, and how the text behind them is read.
const walkTypes: Readonly<Record<string, (text: string) => SnmpValue | undefined>> = {
  INTEGER: wholeNumber,
  Gauge32: wholeNumber,
  Counter32: wholeNumber,
  Counter64: wholeNumber,
  STRING: (text) => snmpValue(octetString, octetsFromText(/^".*"$/s.test(text) ? unquoted(text) : text)),
  'Hex-STRING': (text) => {
    // -OT prints the text of it behind, in brackets.
    const octets = octetsFromHex(text.replace(/\s+\[.*\]$/s, ''));
    return octets && snmpValue(octetString, octets);
  },
  // A name that is not known is an OID all the same.
  OID: (text) => snmpValue(objectId, dottedOid(text) ?? text.replace(/^ccitt\b/, '0')),
  IpAddress: (text) => recordValue('64', text),
  Timeticks: (text) => {
    const ticks = /^\(?(\d+)\)?(?: |$)/.exec(text)?.[1];
    return ticks === undefined ? undefined : snmpValue(67, Number(ticks));
  },
  'Network Address': (text) => address(octetsFromHex(text)),
};

// Of -OQ and -Oq, which leave the type out, a word of an enumeration.
const enumerations: Readonly<Record<string, number>> = {
  idle: 1,
  connect: 2,
  active: 3,
  opensent: 4,
  openconfirm: 5,
  established: 6,
  stop: 1,
  start: 2,
  halted: 1,
  running: 2,
};
// Of TruthValue (RFC 2579) and, the other way round, of bgp4PathAttrBest.
const truths: Readonly<Record<string, number>> = { true: 1, false: 2 };
const bestPath = /^1\.3\.6\.1\.2\.1\.15\.6\.1\.13\./;

/** A value without its type, as -OQ and -Oq print it; undefined when it cannot be told what it is. */
function bareValue(text: string, oid: string): SnmpValue | undefined {
  const plain = text.trim();
  if (/^-?\d+$/.test(plain)) return snmpValue(integer, Number(plain));
  if (/^(\d{1,3}\.){3}\d{1,3}$/.test(plain)) return recordValue('64', plain);
  if (/^"([0-9A-F]{2} )+"$/s.test(plain)) {
    const octets = octetsFromHex(unquoted(plain));
    return octets && snmpValue(octetString, octets);
  }
  if (/^".*"$/s.test(plain)) return snmpValue(octetString, octetsFromText(unquoted(plain)));
  if (Object.hasOwn(enumerations, plain)) return snmpValue(integer, enumerations[plain]);
  if (Object.hasOwn(truths, plain)) {
    const truth = truths[plain] ?? 0;
    return snmpValue(integer, bestPath.test(oid) ? 3 - truth : truth);
  }
  const name = dottedOid(plain);
  return name?.includes('.') ? snmpValue(objectId, name) : undefined;
}

/** The value behind `OID = `; undefined when it cannot be read. */
export function walkValue(text: string, oid: string): SnmpValue | undefined {
  if (text.startsWith('No Such Object')) return snmpValue(128, null);
  if (text.startsWith('No Such Instance')) return snmpValue(129, null);
  if (text.startsWith('No more variables left')) return snmpValue(130, null);
  if (text === '""') return snmpValue(octetString, new Uint8Array());
  if (text === 'NULL') return snmpValue(nothing, null);
  const match = /^(?:Wrong Type \(should be [^)]*\): )?([A-Za-z][A-Za-z0-9-]*(?: Address)?):\s?(.*)$/s.exec(
    text,
  );
  if (!match) return bareValue(text, oid);
  const [, type = '', rest = ''] = match;
  const read = walkTypes[type];
  // A type nothing here needs (BITS, Opaque, Float …) is kept as its text.
  return read ? read(rest.trim()) : snmpValue(octetString, octetsFromText(rest));
}
