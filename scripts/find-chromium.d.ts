export declare const CHROMIUM_OPTIONS: string[];
export declare function findChromium(): string | undefined;
