"""The form language (表单语言): what a form file may say, typed, and what its conditions come to."""
