const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** A power of ten in typographic form: `powerOfTen(-4)` is "10⁻⁴". */
export function powerOfTen(exponent: number): string {
  const digits = [...String(Math.abs(exponent))].map((digit) => SUPERSCRIPTS[Number(digit)]).join('');
  return `10${exponent < 0 ? '⁻' : ''}${digits}`;
}

/**
 * A measurement for reading: about `digits` significant digits, trailing zeros kept, plain notation from 0.0001 to
 * 999,999 and powers of ten beyond.
 *
 * @returns for instance "0.00361", "12.4", "3.61 × 10⁻⁷"; "not a number" and "infinite" for what is not finite
 * @example
 * formatNumber(0.0036123); // '0.00361'
 */
export function formatNumber(value: number, digits = 3): string {
  if (Number.isNaN(value)) return 'not a number';
  if (!Number.isFinite(value)) return value > 0 ? 'infinite' : 'minus infinite';
  if (value === 0) return '0';
  const [mantissa, power] = value.toExponential(digits - 1).split('e') as [string, string];
  const exponent = Number(power);
  if (exponent < -4 || exponent > 5) return `${withMinus(mantissa)} × ${powerOfTen(exponent)}`;
  return grouped(Number(value.toPrecision(digits)), Math.max(0, digits - 1 - exponent));
}

/** A number with its unit, as "25.1 dB"; what is not finite has none. */
export function withUnit(value: number, unit: string, digits?: number): string {
  return Number.isFinite(value) && unit !== '' ? `${formatNumber(value, digits)} ${unit}` : formatNumber(value, digits);
}

/**
 * A whole number with its thousands grouped: "48,000".
 *
 * @example
 * formatCount(48000); // '48,000'
 */
export function formatCount(value: number): string {
  return Number.isFinite(value) ? grouped(value, 0) : formatNumber(value);
}

/**
 * A fraction as a percentage: `formatPercent(0.8734)` is "87.3 %".
 *
 * @example
 * formatPercent(0.8734); // '87.3 %'
 */
export function formatPercent(fraction: number, decimals = 1): string {
  return Number.isFinite(fraction) ? `${grouped(fraction * 100, decimals)} %` : formatNumber(fraction);
}

/** A duration for reading: "0.84 s", "12.3 s", "4 min 05 s", "2 h 07 min". */
export function formatSeconds(seconds: number): string {
  if (!Number.isFinite(seconds)) return formatNumber(seconds);
  if (seconds < 59.95) return `${seconds.toFixed(seconds < 1 ? 2 : 1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}

/** A number of bytes in decimal units: "412 MB". */
export function formatBytes(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  const step = bytes >= 1000 ? Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3)) : 0;
  return step === 0 ? `${formatCount(bytes)} bytes` : `${formatNumber(bytes / 1000 ** step)} ${units[step]}`;
}

/**
 * A count with its noun in the right number: "1 epoch", "20 epochs".
 *
 * @example
 * counted(1, 'epoch'); // '1 epoch'
 * counted(20, 'epoch'); // '20 epochs'
 */
export function counted(value: number, singular: string, plural = `${singular}s`): string {
  return `${formatCount(value)} ${value === 1 ? singular : plural}`;
}

function grouped(value: number, decimals: number): string {
  return withMinus(value.toLocaleString('en-GB', { minimumFractionDigits: decimals, maximumFractionDigits: decimals }));
}

function withMinus(text: string): string {
  return text.replace('-', '−');
}
