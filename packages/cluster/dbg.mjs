import { connect } from './dist/bus/connect.js';
import { SESSION_MESSAGES } from './dist/wire/messages.js';

const c = await connect('nats://127.0.0.1:14222');
c.bus.subscribe('weft.>', ({ subject, data }) => {
  let m;
  try {
    m = SESSION_MESSAGES.decode(data);
    m = m.kind + ' ' + JSON.stringify(m.fields).slice(0, 200);
  } catch (e) {
    m = e.message;
  }
  console.log(subject, data.length, m);
});
setTimeout(() => process.exit(), 8000);
