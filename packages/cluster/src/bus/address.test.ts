import { describe, expect, it } from 'vitest';
import { ClusterError } from '../errors.js';
import { parseAddresses } from './address.js';
import { withEnvironment } from './credentials.js';
import { type ServerFacts, serverWarnings } from './server-warnings.js';

describe('an address', () => {
  it('names one server or several, by default at port 4222', () => {
    const { url, host, server, isEncrypted } = parseAddresses('nats://box')[0];
    expect({ url, host, server, isEncrypted }).toEqual({
      url: 'nats://box:4222',
      host: 'box',
      server: 'box:4222',
      isEncrypted: false,
    });
    const several = parseAddresses('tls://one:1, tls://[::1]:2');
    expect(several.map(({ server, isEncrypted }) => [server, isEncrypted])).toEqual([
      ['one:1', true],
      ['[::1]:2', true],
    ]);
  });

  it.each(['', 'box', 'box:4222', 'http://box', 'nats://', 'nats://box/path', 'nats://a,b'])('is not %j', (text) => {
    expect(() => parseAddresses(text)).toThrow(/expected nats:\/\/host:4222/);
  });

  it('holds no secrets, which others on the machine could read, and an error does not repeat them', () => {
    const address = () => parseAddresses('nats://ann:hush@box');
    expect(address).toThrow('WEFT_NATS_PASSWORD');
    expect(address).not.toThrow('hush');
  });
});

describe('credentials', () => {
  it.each([
    [{}, {}, {}],
    [{ user: 'a' }, { WEFT_NATS_PASSWORD: 'p', WEFT_NATS_USER: 'b' }, { user: 'a', password: 'p' }],
    [{ nkey: 'file' }, { WEFT_NATS_PASSWORD: 'p', WEFT_NATS_USER: 'b', WEFT_NATS_TOKEN: 't' }, { nkey: 'file' }],
    [{ tlsCa: 'x' }, { WEFT_NATS_TOKEN: 't', WEFT_NATS_TLS_CA: 'y' }, { tlsCa: 'x', token: 't' }],
    [{}, { WEFT_NATS_USER: '', WEFT_NATS_CREDS: 'c' }, { creds: 'c' }],
  ])('%j with the environment %j are %j', (given, environment, expected) => {
    expect(withEnvironment(given, environment)).toEqual(expected);
  });

  it.each([
    [{ user: 'a' }, {}, 'Set WEFT_NATS_PASSWORD'],
    [{ password: 'a' }, {}, 'Set WEFT_NATS_USER'],
    [{ token: 'a', nkey: 'b' }, {}, 'got token and nkey'],
    [{}, { WEFT_NATS_TOKEN: 'a', WEFT_NATS_CREDS: 'b' }, 'got token and creds'],
    [{ tlsCert: 'a' }, {}, 'a certificate and its key go together'],
  ])('%j with the environment %j make no sense', (given, environment, message) => {
    expect(() => withEnvironment(given, environment)).toThrow(message);
    expect(() => withEnvironment(given, environment)).toThrow(ClusterError);
  });
});

describe('warnings of a server', () => {
  const safe: ServerFacts = {
    address: 'nats://box:4222',
    host: 'box',
    listensAt: '0.0.0.0',
    version: '2.14.0',
    demandsCredentials: true,
    isEncrypted: true,
    sentSecret: true,
  };

  it('are none for one that asks for credentials, encrypts and is new', () => {
    expect(serverWarnings(safe)).toEqual([]);
  });

  it('are none for one that only this machine reaches', () => {
    const local = { host: '127.0.0.1', listensAt: '127.0.0.1', demandsCredentials: false, isEncrypted: false };
    expect(serverWarnings({ ...safe, ...local, version: '2.9.10' })).toEqual([]);
  });

  it('name one that anybody may use, also when this machine is near it', () => {
    expect(serverWarnings({ ...safe, demandsCredentials: false })).toEqual([
      expect.stringContaining('asks for no credentials: whoever reaches it'),
    ]);
    const near = serverWarnings({ ...safe, host: 'localhost', demandsCredentials: false });
    expect(near).toEqual([expect.stringContaining('asks for no credentials and listens at 0.0.0.0')]);
  });

  it('name a secret that goes unencrypted, and no nkey, which is never sent', () => {
    const open = { ...safe, isEncrypted: false };
    expect(serverWarnings(open)).toEqual([expect.stringContaining('unencrypted')]);
    expect(serverWarnings({ ...open, sentSecret: false })).toEqual([]);
  });

  it.each([
    ['2.9.10', ['CVE-2023-47090', 'CVE-2025-30215', 'CVE-2026-33222', 'GHSA-jx8g-9g95-6322']],
    ['2.10.27', ['CVE-2026-33222', 'GHSA-jx8g-9g95-6322']],
    ['2.11.0', ['CVE-2025-30215', 'CVE-2026-33222', 'GHSA-jx8g-9g95-6322']],
    ['2.11.15', ['GHSA-jx8g-9g95-6322']],
    ['2.11.16', []],
    ['2.12.6', ['GHSA-jx8g-9g95-6322']],
    ['2.12.7', []],
    ['3.0.0', []],
    ['nonsense', []],
  ])('name the known faults of %s: %j', (version, ids) => {
    const text = serverWarnings({ ...safe, version }).join();
    expect([...text.matchAll(/CVE-\d+-\d+|GHSA(?:-\w{4}){3}/g)].map(([id]) => id)).toEqual(ids);
  });
});
