// The Simplified Chinese catalogues as one module, which a window loads when it speaks Chinese.
import activity from '../messages/activity.zh.json';
import app from '../messages/zh.json';
import connections from '../messages/connections.zh.json';
import desktop from '../messages/desktop.zh.json';
import finding from '../messages/finding.zh.json';
import guard from '../messages/guard.zh.json';
import holdings from '../messages/holdings.zh.json';
import library from '../messages/library.zh.json';
import lock from '../messages/lock.zh.json';
import markdown from '../messages/markdown.zh.json';
import models from '../messages/models.zh.json';
import network from '../messages/network.zh.json';
import persona from '../messages/persona.zh.json';
import portKeys from '../messages/port-keys.zh.json';
import quick from '../messages/quick.zh.json';
import thread from '../messages/thread.zh.json';
import webhooks from '../messages/webhooks.zh.json';
import writing from '../messages/writing.zh.json';

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
