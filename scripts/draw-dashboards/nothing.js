// In place of what a browser does not have and that is not used here.
export default {};
