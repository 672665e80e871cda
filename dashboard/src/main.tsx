import { createRoot } from 'react-dom/client';
import { App } from './app.js';
import { startTheme } from './ui/index.js';

startTheme();
createRoot(document.getElementById('dashboard')!).render(<App />);
