// Without fonts: those of the system are at hand at once, and no host is asked for them.
import theme from 'vitepress/theme-without-fonts';
import './style.css';

export default theme;
