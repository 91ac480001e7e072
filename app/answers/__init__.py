"""What the services of pest and disease warning answer to a page, a module a subject; `app.session` asks and keeps."""
