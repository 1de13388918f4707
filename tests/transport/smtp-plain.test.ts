import { itSpeaksSmtp } from '../contracts/smtp.ts';

itSpeaksSmtp('plain');
