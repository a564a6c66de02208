// The Arabic catalogues as one module, which a window loads when it speaks Arabic.
import activity from '../messages/activity.ar.json';
import app from '../messages/ar.json';
import connections from '../messages/connections.ar.json';
import desktop from '../messages/desktop.ar.json';
import finding from '../messages/finding.ar.json';
import guard from '../messages/guard.ar.json';
import holdings from '../messages/holdings.ar.json';
import library from '../messages/library.ar.json';
import lock from '../messages/lock.ar.json';
import markdown from '../messages/markdown.ar.json';
import models from '../messages/models.ar.json';
import network from '../messages/network.ar.json';
import persona from '../messages/persona.ar.json';
import portKeys from '../messages/port-keys.ar.json';
import quick from '../messages/quick.ar.json';
import thread from '../messages/thread.ar.json';
import webhooks from '../messages/webhooks.ar.json';
import writing from '../messages/writing.ar.json';

export default {
  ...app,
  ...thread,
  ...markdown,
  ...finding,
  ...writing,
  ...persona,
  ...holdings,
  ...activity,
  ...network,
  ...portKeys,
  ...webhooks,
  ...connections,
  ...library,
  ...lock,
  ...desktop,
  ...quick,
  ...guard,
  ...models,
};
