-- The register of what was brought lists stops by when their tour left.
CREATE INDEX requests_stop_id ON requests_stop ((tour || request));
