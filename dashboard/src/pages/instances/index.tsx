import { useParams } from 'wouter';
import { InstanceDetail } from './instance-detail.js';
import { InstanceList } from './instance-list.js';
import './instances.css';

/** Every instance, or the one that the address names. */
export default function InstancesPage() {
  const { id } = useParams();
  return id === undefined ? <InstanceList /> : <InstanceDetail key={id} id={id} />;
}
