// The typed way to the program: commands, streams, types.
export { ApiError, rpc, type Command, type Request, type Response, type Rpc } from './client';
export { confirmed } from './confirmed';
export { followApp, followGeneration, type StreamHandlers, type Subscription } from './stream';
export type * from './types';
