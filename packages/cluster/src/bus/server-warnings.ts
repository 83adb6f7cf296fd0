/** Faults of NATS servers by which somebody may do what no rule allows, from NATS's security advisories. */
const FAULTS: readonly { readonly id: string; readonly what: string; readonly fixed: readonly string[] }[] = [
  // https://advisories.nats.io/CVE/secnote-2023-01.txt
  { id: 'CVE-2023-47090', what: 'some connect without credentials', fixed: ['2.9.23', '2.10.2'] },
  // https://github.com/nats-io/nats-server/security/advisories/GHSA-fhg8-qxh5-7q3w
  { id: 'CVE-2025-30215', what: "accounts delete each other's streams", fixed: ['2.10.27', '2.11.1'] },
  // https://github.com/advisories/GHSA-9983-vrx2-fg9c
  { id: 'CVE-2026-33222', what: 'users restore over streams that are not theirs', fixed: ['2.11.15', '2.12.6'] },
  // https://advisories.nats.io/CVE/secnote-2026-18.txt
  { id: 'GHSA-jx8g-9g95-6322', what: 'queues receive denied subjects', fixed: ['2.11.16', '2.12.7', '2.14.0'] },
];

/** What is known of a server and of the way to it. */
export interface ServerFacts {
  /** As in `nats://host:4222`. */
  readonly address: string;
  /** Host of the address. */
  readonly host: string;
  /** Address at which the server listens, such as `0.0.0.0`. */
  readonly listensAt: string;
  readonly version: string;
  readonly demandsCredentials: boolean;
  readonly isEncrypted: boolean;
  /** Whether a password or a token was sent. */
  readonly sentSecret: boolean;
}

/** Whether a host is this machine's own, out of reach of others. */
function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, '').toLowerCase();
  return bare === 'localhost' || bare === '::1' || /^127(?:\.\d{1,3}){3}$/.test(bare);
}

/** What somebody should know who uses this server beyond this machine. Nothing is said of one that only localhost reaches. */
export function serverWarnings(facts: ServerFacts): string[] {
  const { address, host, listensAt, version, demandsCredentials, isEncrypted, sentSecret } = facts;
  if (isLoopback(host) && isLoopback(listensAt)) return [];
  const warnings: string[] = [];
  if (!demandsCredentials) {
    const where = isLoopback(host) ? ` and listens at ${listensAt}` : '';
    warnings.push(
      `The NATS server at ${address} asks for no credentials${where}: whoever reaches it can read and change this work. ` +
        'Give it users or nkeys, or start it with -a 127.0.0.1.',
    );
  }
  if (sentSecret && !isEncrypted && !isLoopback(host)) {
    warnings.push(
      `The password or token goes to ${address} unencrypted. Give the server a certificate, or use an nkey.`,
    );
  }
  const faults = faultsOf(version);
  if (faults.length > 0) {
    const named = faults.map(({ id, what }) => `${id}: ${what}`).join('; ');
    warnings.push(
      `The NATS server at ${address} has version ${version}, with known faults of authorisation (${named}). ` +
        `Use ${newest(faults)} or newer beyond localhost.`,
    );
  }
  return warnings;
}

/** Faults of a version. One that cannot be read has none that we know. */
function faultsOf(version: string) {
  const numbers = parse(version);
  return numbers
    ? FAULTS.filter(
        ({ fixed }) =>
          !isFixed(
            numbers,
            fixed.map((each) => parse(each)!),
          ),
      )
    : [];
}

type Version = readonly [number, number, number];

function parse(version: string): Version | undefined {
  const [, ...parts] = /^v?(\d{1,6})\.(\d{1,6})\.(\d{1,6})/.exec(version) ?? [];
  return parts.length === 3 ? (parts.map(Number) as unknown as Version) : undefined;
}

const compare = (one: Version, other: Version) => one[0] - other[0] || one[1] - other[1] || one[2] - other[2];

/** Fixes went into some series of versions, such as 2.10; a series before the last of them without one has the fault. */
function isFixed(version: Version, fixed: readonly Version[]): boolean {
  const inSeries = fixed.find(([major, minor]) => major === version[0] && minor === version[1]);
  return compare(version, inSeries ?? fixed.at(-1)!) >= 0;
}

function newest(faults: readonly { readonly fixed: readonly string[] }[]): string {
  const all = faults.flatMap(({ fixed }) => fixed);
  return all.reduce((one, other) => (compare(parse(one)!, parse(other)!) >= 0 ? one : other));
}
