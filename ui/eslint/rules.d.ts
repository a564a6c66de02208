export function forbidden(from: string, specifier: string): string | null;
