import { generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import net from 'node:net';

/** A certificate and its private key, both PEM. */
export interface KeyPair {
  readonly certPem: string;
  readonly keyPem: string;
}

export interface CertificateAuthority {
  readonly caPem: string;
  /** For a TLS server; `names` are IP addresses and host names. */
  issueServer(names: readonly string[]): KeyPair;
  /** For a TLS client; Kubernetes takes the common name as user and the organisation as group. */
  issueClient(commonName: string, organisation: string): KeyPair;
}

// DER (X.690): a tag, the length, the content. Node reads certificates but does not write them.
function der(tag: number, ...content: readonly Buffer[]): Buffer {
  const body = Buffer.concat(content);
  const size = body.length;
  const length = size < 0x80 ? [size] : size < 0x100 ? [0x81, size] : [0x82, size >> 8, size & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
}
const sequence = (...items: readonly Buffer[]) => der(0x30, ...items);
const set = (...items: readonly Buffer[]) => der(0x31, ...items);
const utf8 = (text: string) => der(0x0c, Buffer.from(text));
const octets = (...content: readonly Buffer[]) => der(0x04, ...content);
const bits = (content: Buffer, unused = 0) => der(0x03, Buffer.from([unused]), content);
const truth = der(0x01, Buffer.from([0xff]));
const oid = (hex: string) => der(0x06, Buffer.from(hex, 'hex'));
const time = (date: Date) =>
  der(
    0x18,
    Buffer.from(
      date
        .toISOString()
        .replace(/[-:T]/g, '')
        .replace(/\.\d+Z$/, 'Z'),
    ),
  );

const OID = {
  ecdsaWithSha256: '2a8648ce3d040302',
  commonName: '550403',
  organisation: '55040a',
  subjectAltName: '551d11',
  basicConstraints: '551d13',
  keyUsage: '551d0f',
  extendedKeyUsage: '551d25',
  serverAuth: '2b06010505070301',
  clientAuth: '2b06010505070302',
};

const distinguishedName = (commonName: string, organisation?: string) =>
  sequence(
    ...(organisation ? [set(sequence(oid(OID.organisation), utf8(organisation)))] : []),
    set(sequence(oid(OID.commonName), utf8(commonName))),
  );

const extension = (id: string, value: Buffer, critical = false) =>
  sequence(oid(id), ...(critical ? [truth] : []), octets(value));
const usage = (bitmap: number, unused: number) => extension(OID.keyUsage, bits(Buffer.from([bitmap]), unused), true);
const purpose = (id: string) => extension(OID.extendedKeyUsage, sequence(oid(id)));
const alternativeName = (name: string) =>
  net.isIPv4(name) ? der(0x87, Buffer.from(name.split('.').map(Number))) : der(0x82, Buffer.from(name));

const DAY = 24 * 3600_000;

interface Request {
  subject: Buffer;
  publicKey: KeyObject;
  issuer: Buffer;
  issuerKey: KeyObject;
  extensions: readonly Buffer[];
}

function certificate({ subject, publicKey, issuer, issuerKey, extensions }: Request): string {
  const algorithm = sequence(oid(OID.ecdsaWithSha256));
  const serial = Buffer.concat([Buffer.from([0x01]), randomBytes(15)]);
  const toBeSigned = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, serial),
    algorithm,
    issuer,
    sequence(time(new Date(Date.now() - DAY)), time(new Date(Date.now() + 30 * DAY))),
    subject,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(...extensions)),
  );
  const signature = sign('sha256', toBeSigned, { key: issuerKey, dsaEncoding: 'der' });
  const text = sequence(toBeSigned, algorithm, bits(signature)).toString('base64');
  return `-----BEGIN CERTIFICATE-----\n${text.replace(/.{64}(?=.)/g, '$&\n')}\n-----END CERTIFICATE-----\n`;
}

const newKeys = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });

/** A CA that exists for one test: its key is never written anywhere. Certificates are valid for 30 days. */
export function createCertificateAuthority(commonName = 'test-kit-ca'): CertificateAuthority {
  const keys = newKeys();
  const issuer = distinguishedName(commonName);
  const issue = (subject: Buffer, extensions: readonly Buffer[]): KeyPair => {
    const { publicKey, privateKey } = newKeys();
    return {
      certPem: certificate({ subject, publicKey, issuer, issuerKey: keys.privateKey, extensions }),
      keyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    };
  };
  return {
    caPem: certificate({
      subject: issuer,
      publicKey: keys.publicKey,
      issuer,
      issuerKey: keys.privateKey,
      extensions: [extension(OID.basicConstraints, sequence(truth), true), usage(0x06, 1)],
    }),
    issueServer: (names) =>
      issue(distinguishedName('kube-apiserver'), [
        usage(0x80, 7),
        purpose(OID.serverAuth),
        extension(OID.subjectAltName, sequence(...names.map(alternativeName))),
      ]),
    issueClient: (user, group) => issue(distinguishedName(user, group), [usage(0x80, 7), purpose(OID.clientAuth)]),
  };
}
