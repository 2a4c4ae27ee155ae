// Accept and Accept-Encoding as real clients send them.
import { describe, expect, it } from 'vitest';
import { chooseFormat, wantsGzip } from '../../src/web/negotiate.ts';

const prometheus242 =
  'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1';
const prometheus3 =
  'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2';
const prometheusProtobuf =
  'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.6,application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.2';

describe('chooseFormat', () => {
  it.each([
    ['Prometheus 2.42', prometheus242, 'openmetrics'],
    ['Prometheus 3', prometheus3, 'openmetrics'],
    ['Prometheus with native histograms', prometheusProtobuf, 'openmetrics'],
    ['nothing', undefined, 'text'],
    ['curl', '*/*', 'text'],
    ['a browser', 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'text'],
    ['an old version only', 'application/openmetrics-text;version=0.0.1', 'text'],
    ['no version', 'application/openmetrics-text', 'openmetrics'],
    ['a quoted version', 'application/openmetrics-text; version="1.0.0"', 'openmetrics'],
    ['refused', 'application/openmetrics-text;q=0', 'text'],
    ['text wanted more', 'application/openmetrics-text;q=0.3, text/plain;q=0.9', 'text'],
    ['any text wanted more', 'application/openmetrics-text;q=0.3, text/*;q=0.9', 'text'],
    ['a broken weight', 'application/openmetrics-text;q=high', 'text'],
    ['rubbish', ';;,=;q,,"', 'text'],
  ])('%s', (_, accept, format) => {
    expect(chooseFormat(accept)).toBe(format);
  });
});

describe('wantsGzip', () => {
  it.each([
    ['gzip', true],
    ['gzip, deflate, br', true],
    ['br;q=1.0, gzip;q=0.8, *;q=0.1', true],
    ['*', true],
    ['GZIP', true],
    ['gzip;q=0', false],
    ['gzip;q=0, *', false],
    ['identity, gzip;q=0.5', false],
    ['deflate', false],
    ['', false],
    [undefined, false],
  ])('%s -> %s', (header, wanted) => {
    expect(wantsGzip(header)).toBe(wanted);
  });
});
