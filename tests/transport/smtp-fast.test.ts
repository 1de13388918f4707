import { describe } from 'vitest';
import { itSpeaksSmtp } from '../contracts/smtp.ts';

describe('with a dot', () => itSpeaksSmtp('fast'));
describe('in chunks', () => itSpeaksSmtp('fast', { chunking: true }));
