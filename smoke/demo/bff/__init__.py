"""The portal's backend for its pages: a JSON API that answers in the manner of NestJS."""
