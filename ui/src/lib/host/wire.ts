// Reads errors off the wire, whatever their shape, without trusting it.
import { ApiError, type FaultCode } from './types';

const CODE = /^[a-z][a-z_]{1,60}$/;

/** Makes an {@link ApiError} of a decoded body or of anything thrown. */
export function toApiError(value: unknown, fallback: FaultCode): ApiError {
  if (value instanceof ApiError) return value;
  if (typeof value === 'object' && value !== null && 'code' in value) {
    const { code, message, details, trace_id } = value as Record<string, unknown>;
    if (typeof code === 'string' && CODE.test(code)) {
      return new ApiError(
        code as FaultCode,
        typeof message === 'string' ? message : code,
        details ?? null,
        typeof trace_id === 'string' ? trace_id : null,
      );
    }
  }
  return new ApiError(fallback, value instanceof Error ? value.message : fallback);
}
