import Foundation

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// Sends requests with Foundation. Blocks its caller; the command line has nothing else to do.
package struct URLSessionTransport: HTTPTransport {
  package init() {}

  package func send(
    _ request: HTTPRequest, by deadline: Deadline, limit: Int
  ) throws(HTTPFailure) -> HTTPResponse {
    guard !deadline.isOver else { throw .timedOut }
    // A session for each request: no cookies, caches or credentials pass from one to the next.
    let configuration = URLSessionConfiguration.ephemeral
    configuration.httpShouldSetCookies = false
    configuration.urlCache = nil
    configuration.urlCredentialStorage = nil
    // A little more than is waited for here, so that it is always the deadline that ends the wait.
    configuration.timeoutIntervalForRequest = deadline.remaining + 1
    let receiver = Receiver(limit: limit)
    #if canImport(FoundationNetworking)
      let queue: OperationQueue? = AtOnce()
    #else
      let queue: OperationQueue? = nil
    #endif
    let session = URLSession(configuration: configuration, delegate: receiver, delegateQueue: queue)
    defer { session.invalidateAndCancel() }
    session.dataTask(with: urlRequest(request, deadline)).resume()
    guard receiver.done.wait(timeout: deadline.moment) == .success else { throw .timedOut }
    return try receiver.response()
  }

  private func urlRequest(_ request: HTTPRequest, _ deadline: Deadline) -> URLRequest {
    var result = URLRequest(url: request.url, timeoutInterval: deadline.remaining + 1)
    result.httpMethod = request.method
    result.httpBody = request.body
    for header in request.headers { result.setValue(header.value, forHTTPHeaderField: header.name) }
    return result
  }
}

#if canImport(FoundationNetworking)
  /// Runs what it is given at once, on the thread that receives the answer, so that the sender has to wait for it.
  ///
  /// FoundationNetworking puts each part of an answer into the delegate's queue, without a bound: a server that sends
  /// faster than the queue gets a thread fills the memory, 529 MB before the third megabyte was looked at. Nothing that
  /// runs here may wait for the session.
  private final class AtOnce: OperationQueue, @unchecked Sendable {
    override func addOperation(_ block: @escaping @Sendable () -> Void) { block() }
    override func addOperation(_ operation: Operation) { operation.start() }
  }
#endif

/// Collects one answer. Its state is guarded by the lock: the session calls it on a queue of its own.
private final class Receiver: NSObject, URLSessionDataDelegate, @unchecked Sendable {
  let done = DispatchSemaphore(value: 0)
  private let limit: Int
  private let lock = NSLock()
  private var head: HTTPURLResponse?
  private var body = Data()
  private var isTooLarge = false
  private var failure: (any Error)?
  private var isChallenged = false

  init(limit: Int) { self.limit = limit }

  func response() throws(HTTPFailure) -> HTTPResponse {
    lock.lock()
    defer { lock.unlock() }
    if isTooLarge { throw .tooLarge }
    // Where a challenge is declined, FoundationNetworking ends the task as cancelled, after the whole answer.
    let isDeclined = isChallenged && (failure as? URLError)?.code == .cancelled
    if let failure, !isDeclined {
      throw (failure as? URLError)?.code == .timedOut ? .timedOut : .broken(failure.localizedDescription)
    }
    guard let head else { throw .broken("no answer") }
    var headers: [String: String] = [:]
    for (name, value) in head.allHeaderFields { headers["\(name)".lowercased()] = "\(value)" }
    return HTTPResponse(status: head.statusCode, headers: headers, body: body)
  }

  func urlSession(
    _ session: URLSession, dataTask: URLSessionDataTask, didReceive response: URLResponse,
    completionHandler: @escaping (URLSession.ResponseDisposition) -> Void
  ) {
    lock.lock()
    head = response as? HTTPURLResponse
    lock.unlock()
    completionHandler(.allow)
  }

  func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
    lock.lock()
    defer { lock.unlock() }
    guard !isTooLarge, body.count + data.count <= limit else {
      isTooLarge = true
      // Who waits for the answer ends the session. What still comes is dropped.
      body = Data()
      done.signal()
      return
    }
    body.append(data)
  }

  func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
    lock.lock()
    failure = error
    lock.unlock()
    done.signal()
  }

  func urlSession(
    _ session: URLSession, task: URLSessionTask, willPerformHTTPRedirection response: HTTPURLResponse,
    newRequest request: URLRequest, completionHandler: @escaping (URLRequest?) -> Void
  ) {
    lock.lock()
    head = response
    lock.unlock()
    completionHandler(nil)
  }

  /// Declines to look for other credentials: what there is to send was sent, and a refusal is an answer.
  /// Handling it by default waits for ever where there is no store of credentials.
  func urlSession(
    _ session: URLSession, task: URLSessionTask, didReceive challenge: URLAuthenticationChallenge,
    completionHandler: @escaping (URLSession.AuthChallengeDisposition, URLCredential?) -> Void
  ) {
    #if canImport(Security)
      // The server's certificate is a challenge too, on systems that ask about it; the system answers it.
      if challenge.protectionSpace.authenticationMethod == NSURLAuthenticationMethodServerTrust {
        completionHandler(.performDefaultHandling, nil)
        return
      }
    #endif
    lock.lock()
    isChallenged = true
    lock.unlock()
    // It cancels the task, which waits for the session's own queue.
    let reject = Declining(completionHandler)
    DispatchQueue.global().async { reject.handler(.rejectProtectionSpace, nil) }
  }
}

/// A challenge's handler on its way to another thread, where it is called once.
private struct Declining: @unchecked Sendable {
  let handler: (URLSession.AuthChallengeDisposition, URLCredential?) -> Void
  init(_ handler: @escaping (URLSession.AuthChallengeDisposition, URLCredential?) -> Void) {
    self.handler = handler
  }
}
