/** Recipients of one mailbox provider are paced together; as yet nobody is paced, and all share this lane. */
export const everyonesLane = 'other';
